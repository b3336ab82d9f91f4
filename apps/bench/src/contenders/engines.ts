import { createSimdBackend, probeGemmProviders } from "@trivium/backend-simd";
import { ConfigError } from "@trivium/core";
import { type Backend, type ProfileSession, tf } from "@trivium/tensor";
import type { EngineOptions, Precision } from "../options.ts";

/** Our engine as one contender has it. */
export interface Engine {
  readonly precision: Precision;
  readonly provider: string;
  readonly threads: number;
  /** Makes it tfjs's current backend. */
  use(): Promise<void>;
  /** The most bytes of tensors it held so far. */
  peakBytes(): number;
  /** Starts to record its kernel calls and products. */
  profile(): ProfileSession;
}

let made = 0;

/**
 * An engine for each choice of the flags: precision × provider × threads.
 *
 * @throws {ConfigError} `simd/gemm` for a provider that there is not. @throws {UnsupportedError} `simd/gemm` or
 *   `simd/precision` if what was named cannot run here.
 */
export async function createEngines({ precision, gemm, threads }: EngineOptions): Promise<Engine[]> {
  const engines: Engine[] = [];
  for (const chosen of precision) {
    for (const provider of gemm?.flatMap(providersOf) ?? [undefined]) {
      for (const number of threads) engines.push(await createEngine(chosen, provider, number));
    }
  }
  return engines;
}

/** `all` stands for every provider that can run here. */
const providersOf = (name: string): string[] =>
  name === "all"
    ? probeGemmProviders()
        .filter(({ available }) => available)
        .map((provider) => provider.name)
    : [name];

async function createEngine(precision: Precision, gemm: string | undefined, threads: number): Promise<Engine> {
  const name = `bench-${made++}`;
  const backend = createSimdBackend({
    name,
    threads,
    matmulPrecision: precision,
    ...(gemm === undefined ? {} : { gemm }),
  });
  await backend.activate();
  const use = () => backend.use();
  return {
    precision,
    provider: use().gemm,
    threads: use().threads,
    use: () => switchTo(name),
    peakBytes: () => use().peakBytes,
    profile: () => backend.profile(),
  };
}

/** Makes a backend that was activated before the current one again. */
async function switchTo(name: string): Promise<void> {
  if (tf.getBackend() === name) return;
  if (!(await tf.setBackend(name))) throw new ConfigError("bench/backend", `tfjs could not go back to ${name}`);
}

/** A backend of tfjs as a contender has it; activates it. */
export async function useBackend(backend: Backend): Promise<() => Promise<void>> {
  await backend.activate();
  return () => switchTo(backend.name);
}
