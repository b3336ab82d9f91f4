import { ConfigError, UnsupportedError } from "@trivium/core";
import type { Plugin } from "@trivium/registry";
import type { GemmProbe, GemmProvider } from "./gemm-provider.ts";
import { accelerate } from "./native/accelerate.ts";
import { mkl } from "./native/mkl.ts";
import { onednn } from "./native/onednn.ts";
import { openblas } from "./native/openblas.ts";

export type GemmPlugin = Plugin<"gemm", string, GemmProvider>;

/** The library providers, in the order of preference. */
export const gemmProviders: readonly [...[typeof mkl, typeof accelerate, typeof onednn, typeof openblas]] = [
  mkl,
  accelerate,
  onednn,
  openblas,
];

/** The WebAssembly kernel: it is always there, and multiplies what is small in any case. */
export const WASM = "wasm";

/** What multiplies large matrices, and what decides the bits of its results. */
export interface ChosenGemm {
  readonly name: string;
  /** Empty of the WebAssembly kernel, which is a part of the build. */
  readonly version: string;
  /** Undefined of the WebAssembly kernel. */
  readonly provider: GemmProvider | undefined;
}

/** Asks for a provider: by name, or one's own. */
export type GemmChoice = string | GemmPlugin;

/**
 * The provider that was asked for by the option, else by `TRIVIUM_GEMM`, else the first that is available, in a fixed
 * order and never by time.
 *
 * @throws {ConfigError} `simd/gemm` if there is none of that name.
 * @throws {UnsupportedError} `simd/gemm` if it was asked for and is not available, with the reason and the remedy.
 * @example chooseGemm("wasm").name // => "wasm"
 */
export function chooseGemm(option?: GemmChoice): ChosenGemm {
  const asked = option ?? (globalThis.process?.env?.TRIVIUM_GEMM || undefined);
  if (asked === undefined) return firstAvailable();
  if (asked === WASM) return wasm;
  const plugin = typeof asked === "string" ? named(asked) : asked;
  const probe = plugin.create.probe();
  if (probe.available) return chosen(plugin, probe.version);
  throw new UnsupportedError(
    "simd/gemm",
    `the GEMM provider "${plugin.name}" cannot run here: ${probe.reason}. ${probe.remedy}`,
    { details: { gemm: plugin.name, ...probe } },
  );
}

function firstAvailable(): ChosenGemm {
  for (const plugin of gemmProviders) {
    const probe = plugin.create.probe();
    if (probe.available) return chosen(plugin, probe.version);
  }
  return wasm;
}

const wasm: ChosenGemm = { name: WASM, version: "", provider: undefined };

const chosen = ({ name, create }: GemmPlugin, version: string): ChosenGemm => ({ name, version, provider: create });

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
