import { createSimdBackend, probeGemmProviders } from "@trivium/backend-simd";
import { ConfigError } from "@trivium/core";
import { type Backend, type ProfileSession, tf } from "@trivium/tensor";
import type { Subject } from "../contender.ts";
import type { EngineOptions, Precision } from "../options.ts";

/** Our engine as one contender has it. */
export interface Engine extends Subject {
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
  const backend = createSimdBackend({ name: `bench-${made++}`, threads, matmulPrecision: precision, gemm });
  const use = await useBackend(backend);
  const engine = () => backend.use();
  return {
    name: "trivium",
    precision,
    provider: engine().gemm,
    threads: engine().threads,
    backend,
    use,
    peakBytes: () => engine().peakBytes,
    profile: () => backend.profile(),
  };
}

/** Activates a backend. Returns the function that makes it the current one again. */
export async function useBackend(backend: Backend): Promise<() => Promise<void>> {
  await backend.activate();
  return async () => {
    const { name } = backend;
    if (tf.getBackend() === name || (await tf.setBackend(name))) return;
    throw new ConfigError("bench/backend", `tfjs could not go back to ${name}`);
  };
}
