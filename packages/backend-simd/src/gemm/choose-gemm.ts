import { ConfigError, TriviumError, UnsupportedError } from "@trivium/core";
import type { Plugin } from "@trivium/registry";
import type { GemmProbe, GemmProvider } from "./gemm-provider.ts";
import { accelerate } from "./library/accelerate.ts";
import { mkl } from "./library/mkl.ts";
import { onednn } from "./library/onednn.ts";
import { openblas } from "./library/openblas.ts";
import { systemOpenblas } from "./library/system-openblas.ts";
import { type AskedPrecision, type MatmulPrecision, matmulPrecision } from "./matmul-precision.ts";
import { productSeconds } from "./product-seconds.ts";
import { readTuning } from "./tuning-file.ts";

export type GemmPlugin = Plugin<"gemm", string, GemmProvider>;

/** The library providers, in the order of preference. */
export const gemmProviders: readonly [
  ...[typeof mkl, typeof accelerate, typeof onednn, typeof openblas, typeof systemOpenblas],
] = [mkl, accelerate, onednn, openblas, systemOpenblas];

/** The WebAssembly kernel: it is always there, and multiplies what is small in any case. */
export const WASM = "wasm";

/** What multiplies large matrices, and what decides the bits of its results. */
export interface ChosenGemm {
  readonly name: string;
  /** Empty of the WebAssembly kernel, which is a part of the build. */
  readonly version: string;
  /** Undefined of the WebAssembly kernel. */
  readonly provider: GemmProvider | undefined;
  readonly precision: MatmulPrecision;
}

/** Asks for a provider: by name, or one's own. */
export type GemmChoice = string | GemmPlugin;

export interface GemmWishes {
  /** Default `TRIVIUM_GEMM`, else what `doctor --tune` wrote, else the first provider that is available and has the precision. */
  readonly gemm?: GemmChoice | undefined;
  /** Default `TRIVIUM_PRECISION`, else `f32`. `auto` measures which is faster, and takes bf16 where it is worth it. */
  readonly matmulPrecision?: AskedPrecision | undefined;
}

/**
 * The provider that was asked for, else the first that can do it, in a fixed order and never by time. One that is
 * slower here than WebAssembly has to be asked for.
 *
 * @throws {ConfigError} `simd/gemm` if there is none of that name, `simd/precision` if there is no such precision.
 * @throws {UnsupportedError} `simd/gemm` if it was asked for and is not available, `simd/precision` if it, or any, lacks
 * the precision; with the reason and the remedy.
 * @example chooseGemm({ gemm: "wasm" }).name // => "wasm"
 */
export function chooseGemm(wishes: GemmWishes = {}): ChosenGemm {
  const precision = matmulPrecision(wishes.matmulPrecision);
  if (precision !== "auto") return chooseFor(precision, wishes);
  const compared = compareBf16(wishes);
  return compared !== undefined && compared.gain >= LEAST_GAIN ? compared.bf16 : chooseFor("f32", wishes);
}

/** Less would be lost in what a step does beside its products, and might come out otherwise in the next process. */
const LEAST_GAIN = 1.1;

/** The provider that multiplies in bf16, and how many times as fast as in f32. */
export interface Bf16Comparison {
  readonly bf16: ChosenGemm;
  readonly gain: number;
}

/**
 * Compares the precisions by a measurement, with what was wished for besides.
 *
 * @returns undefined if no provider has bf16 here, or not the one that was asked for.
 */
export function compareBf16(wishes: GemmWishes): Bf16Comparison | undefined {
  try {
    const bf16 = chooseFor("bf16", wishes);
    const { provider = bf16.provider! } = chooseFor("f32", wishes);
    const gain = productSeconds(provider, "f32") / productSeconds(bf16.provider!, "bf16");
    return { bf16, gain };
  } catch (error) {
    if (TriviumError.is(error, "simd/precision")) return undefined;
    throw error;
  }
}

function chooseFor(precision: MatmulPrecision, wishes: GemmWishes): ChosenGemm {
  const asked = wishes.gemm ?? (globalThis.process?.env?.TRIVIUM_GEMM || readTuning()[precision]);
  if (asked === undefined) return firstOf(precision);
  if (asked === WASM) {
    if (precision === "bf16") throw lacksBf16(WASM, "WebAssembly has no such instructions");
    return wasm;
  }
  const plugin = typeof asked === "string" ? named(asked) : asked;
  const probe = plugin.create.probe();
  if (!probe.available) throw unavailable(plugin.name, probe);
  if (precision === "bf16" && probe.bf16 !== true) throw lacksBf16(plugin.name, reasonOf(probe));
  return { name: plugin.name, version: probe.version, provider: plugin.create, precision };
}

/** The first provider that has the precision, and of which nothing says that it is slower than WebAssembly. */
export function firstOf(precision: MatmulPrecision, providers: readonly GemmPlugin[] = gemmProviders): ChosenGemm {
  const reasons: string[] = [];
  for (const { name, create } of providers) {
    const probe = create.probe();
    const isFit = probe.available && (precision === "f32" ? probe.slow === undefined : probe.bf16 === true);
    if (isFit) return { name, version: probe.version, provider: create, precision };
    reasons.push(`${name}: ${probe.available ? reasonOf(probe) : probe.reason}`);
  }
  if (precision === "f32") return wasm;
  throw lacksBf16("any", reasons.join("; "));
}

const wasm: ChosenGemm = { name: WASM, version: "", provider: undefined, precision: "f32" };

const reasonOf = ({ bf16 = "it has no such product" }: { readonly bf16?: true | string | undefined }) => String(bf16);

const unavailable = (name: string, probe: { readonly reason: string; readonly remedy: string }) =>
  new UnsupportedError("simd/gemm", `the GEMM provider "${name}" cannot run here: ${probe.reason}. ${probe.remedy}`, {
    details: { gemm: name, ...probe },
  });

const lacksBf16 = (name: string, reason: string) =>
  new UnsupportedError(
    "simd/precision",
    `bf16 products need a GEMM provider that has them, on a processor that has them; ${name}: ${reason}. ` +
      'Use "f32", or oneDNN (trivium setup onednn) on a processor with AVX-512',
    { details: { gemm: name, reason } },
  );

function named(name: string): GemmPlugin {
  const plugin = gemmProviders.find((provider) => provider.name === name);
  if (plugin !== undefined) return plugin;
  const names = [...gemmProviders.map((provider) => provider.name), WASM];
  throw new ConfigError("simd/gemm", `there is no GEMM provider "${name}"; there are ${names.join(", ")}`, {
    details: { gemm: name, names },
  });
}

/** Every provider with what its probe found, in the order of preference. */
export const probeGemmProviders = (): (GemmProbe & { readonly name: string })[] => [
  ...gemmProviders.map(({ name, create }) => ({ name, ...create.probe() })),
  { name: WASM, available: true, version: "", detail: "SIMD WebAssembly, always there" },
];
