import {
  chooseGemm,
  compareBf16,
  firstOf,
  type GemmPlugin,
  type GemmWishes,
  gemmProviders,
  WASM,
} from "./choose-gemm.ts";
import { openblas } from "./library/openblas.ts";
import { type AskedPrecision, matmulPrecision } from "./matmul-precision.ts";
import { readTuning } from "./tuning-file.ts";

/**
 * Returns what there is to say about the speed of matrix products on this machine, a sentence each: how a precision
 * other than f32 compares, and what would make products faster.
 *
 * @throws what `chooseGemm` throws.
 */
export function speedNotes(wishes: GemmWishes = {}): readonly string[] {
  const precision = matmulPrecision(wishes.matmulPrecision);
  const notes = [precision === "f32" ? undefined : precisionNote(precision, wishes), libraryNote(wishes)];
  return notes.filter((note) => note !== undefined);
}

function precisionNote(asked: Exclude<AskedPrecision, "f32">, wishes: GemmWishes): string | undefined {
  const compared = compareBf16(wishes);
  if (compared === undefined)
    return asked === "auto" ? "precision auto: f32, since nothing here has matrix products in bf16" : undefined;
  const { bf16, gain } = compared;
  const where = `here, measured in ${bf16.name} ${bf16.version}`;
  const found = `matrix products in bf16 take ${(1 / gain).toFixed(2)} times as long as in f32 ${where}`;
  if (asked === "auto") return `precision auto: ${chooseGemm(wishes).precision}, since ${found}`;
  return gain < 1 ? `${found}; leave the precision out, or choose "auto", which takes what is faster` : undefined;
}

/**
 * Returns what would make the products of WebAssembly faster; undefined where the choice was the user's own, where a library
 * multiplies already, and outside of Node.
 */
export function libraryNote(
  { gemm }: GemmWishes,
  providers: readonly GemmPlugin[] = gemmProviders,
): string | undefined {
  if (globalThis.process?.versions?.node === undefined) return undefined;
  const asked = gemm ?? (process.env.TRIVIUM_GEMM || readTuning().f32);
  if (asked !== undefined || firstOf("f32", providers).name !== WASM) return undefined;
  const probe = providers.find(({ name }) => name === openblas.name)?.create.probe();
  if (probe?.available !== false) return undefined;
  return `matrix products run in WebAssembly here and would be more than twice as fast in a BLAS. ${probe.remedy}`;
}
