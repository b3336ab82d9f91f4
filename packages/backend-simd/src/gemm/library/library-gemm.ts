import type { GemmProbe, GemmProvider } from "../gemm-provider.ts";
import type { LibraryFunctions } from "../product.ts";
import { bindLibrary, type Convention, type LibraryBinding, type SetUpCall } from "./bind-library.ts";
import { type Koffi, type KoffiLibrary, koffiPath, loadKoffi } from "./koffi.ts";
import type { OnednnMajor } from "./onednn-primitives.ts";
import { productMismatch } from "./product-mismatch.ts";

/** A C library that multiplies matrices. */
export interface LibraryGemmDescription {
  /** File names or paths under which systems have it, the preferred one first. */
  readonly libraries: readonly string[];
  /** Makes the libraries ready before one is looked for. Returns why one cannot be. Default: nothing is to be done. */
  readonly prepare?: (() => string | undefined) | undefined;
  readonly convention: Convention;
  /** The function that multiplies float32 matrices. */
  readonly symbol: string;
  /** The function that multiplies bfloat16 matrices to a float32 one; it may fail where the processor cannot. */
  readonly symbolBf16?: string;
  /** See `LibraryBinding`. */
  readonly movesStack?: boolean;
  /**
   * Looks at what was found: its version, and the calls after which it uses one thread. A string says why it cannot be
   * used. May throw, if a symbol is missing.
   */
  readonly inspect: (library: KoffiLibrary, koffi: Koffi) => Inspection | string;
  /** What would make it available: `"apt-get install libdnnl2"`. */
  readonly remedy: string;
}

export interface Inspection {
  readonly version: string;
  /** Why it is slower than WebAssembly on this processor. */
  readonly slow?: string | undefined;
  /** Made once on each thread, before any product. */
  readonly setUp: readonly SetUpCall[];
  /** See `LibraryBinding`. */
  readonly primitives?: OnednnMajor | undefined;
}

/**
 * A provider from a C library, called through koffi in Node: on plain addresses, without a copy, single-threaded on the
 * rows of each thread.
 *
 * @example
 * const libraries = ["libblis.so.4"];
 * gemmProvider("blis", libraryGemm({ ...description, libraries, convention: "cblas", symbol: "cblas_sgemm" }))
 */
export function libraryGemm(description: LibraryGemmDescription): GemmProvider {
  let found: Found | undefined;
  const find = () => (found ??= findLibrary(description));
  return {
    probe: () => find().probe,
    open: (memory) => {
      const { binding, products } = find();
      const base = addressOf(memory, binding!.koffi);
      return { base, ...products!, inWorkers: { ...binding!, base } };
    },
  };
}

interface Found {
  readonly probe: GemmProbe;
  readonly binding?: Omit<LibraryBinding, "base">;
  readonly products?: LibraryFunctions;
}

function findLibrary(description: LibraryGemmDescription): Found {
  const path = koffiPath();
  if (path === undefined) return { probe: { available: false, ...NO_KOFFI } };
  const reasons = [description.prepare?.()].filter((reason) => reason !== undefined);
  for (const library of description.libraries) {
    const found = tryLibrary(path, library, description);
    if (typeof found === "object") return found;
    if (found !== undefined) reasons.push(`${library}: ${found}`);
  }
  const names = new Set(description.libraries.map((library) => library.split(/[/\\]/).at(-1)));
  const notFound = names.size === 0 ? "it is not installed" : `none of ${[...names].join(", ")} could be loaded`;
  return missing(reasons.join("; ") || notFound, description.remedy);
}

/** Why no library can be called where koffi is missing. */
export const NO_KOFFI = {
  reason: 'libraries are called through the package "koffi", which is not installed here',
  remedy: "Run npm install koffi, in Node.js",
};

/** The reason why it cannot be used; undefined if it is not there at all. */
function tryLibrary(path: string, library: string, description: LibraryGemmDescription): Found | string | undefined {
  let opened: KoffiLibrary;
  try {
    opened = loadKoffi(path).load(library);
  } catch (error) {
    const isThere = process.getBuiltinModule("node:fs").existsSync(library);
    return isThere ? `it does not load: ${(error as Error).message}` : undefined;
  }
  try {
    return check(path, library, opened, description);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function check(
  koffi: string,
  library: string,
  opened: KoffiLibrary,
  { convention, symbol, symbolBf16, movesStack, inspect }: LibraryGemmDescription,
): Found | string {
  const inspection = inspect(opened, loadKoffi(koffi));
  if (typeof inspection === "string") return inspection;
  const { version, slow, setUp, primitives } = inspection;
  const f32 = { koffi, library, convention, symbol, setUp, movesStack };
  const mismatch = mismatchOf(f32, "product");
  if (mismatch !== undefined) return mismatch;
  const bf16 =
    symbolBf16 === undefined ? "it has no such product" : (mismatchOf({ ...f32, symbolBf16 }, "productBf16") ?? true);
  const withBf16 = bf16 === true ? { ...f32, symbolBf16 } : f32;
  const binding = hasExponentials({ ...f32, primitives }) ? { ...withBf16, primitives } : withBf16;
  const precisions = bf16 === true ? "f32 and bf16" : `f32 (bf16: ${bf16})`;
  const detail = [version, library, precisions, slow].filter(Boolean).join(", ");
  return { probe: { available: true, version, detail, bf16, slow }, binding, products: bindLibrary(binding) };
}

function mismatchOf(binding: Omit<LibraryBinding, "base">, name: "product" | "productBf16"): string | undefined {
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const product = bindLibrary(binding)[name]!;
    return productMismatch(product, memory, { base: addressOf(memory, binding.koffi), bf16: name === "productBf16" });
  } catch (error) {
    return (error as Error).message;
  }
}

/** Tells whether the primitives give the exponentials of a run of −1; without them the library still multiplies. */
function hasExponentials(binding: Omit<LibraryBinding, "base">): boolean {
  if (binding.primitives === undefined) return false;
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const base = addressOf(memory, binding.koffi);
    const run = new Float32Array(memory.buffer, 0, 19).fill(-1);
    bindLibrary(binding).exponentials!(run.length, base, base);
    return run.every((got) => Math.abs(got - Math.exp(-1)) <= 1e-6);
  } catch {
    return false;
  }
}

const addressOf = (memory: WebAssembly.Memory, koffi: string): number =>
  Number(loadKoffi(koffi).address(new Uint8Array(memory.buffer)));

const missing = (reason: string, remedy: string): Found => ({ probe: { available: false, reason, remedy } });
