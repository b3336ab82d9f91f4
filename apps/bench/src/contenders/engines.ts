import { createSimdBackend } from "@trivium/backend-simd";
import { ConfigError, UnsupportedError } from "@trivium/core";
import { type Backend, tf } from "@trivium/tensor";
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
}

let made = 0;

/**
 * An engine for each choice of the flags: precision × provider × threads.
 *
 * @throws {UnsupportedError} `backend/unavailable` or the provider's own, if one that was named cannot run here.
 */
export async function createEngines({ precision, gemm, threads }: EngineOptions): Promise<Engine[]> {
  const engines: Engine[] = [];
  for (const chosen of precision) {
    for (const provider of gemm ?? [undefined]) {
      for (const number of threads) engines.push(await createEngine(chosen, provider, number));
    }
  }
  return engines;
}

async function createEngine(precision: Precision, gemm: string | undefined, threads: number): Promise<Engine> {
  if (precision !== "f32" || (gemm !== undefined && gemm !== "wasm")) {
    throw new UnsupportedError("bench/engine", `simd multiplies in wasm and f32 only, not ${gemm} and ${precision}`);
  }
  const name = `bench-${made++}`;
  const backend = createSimdBackend({ name, threads });
  await backend.activate();
  const use = () => backend.use();
  return {
    precision,
    provider: use().gemm,
    threads: use().threads,
    use: () => switchTo(name),
    peakBytes: () => use().peakBytes,
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
