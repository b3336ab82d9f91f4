import { type Backend, tf } from "@trivium/tensor";
import { chooseGemm, probeGemmProviders } from "./gemm/choose-gemm.ts";
import { type MatmulPrecision, matmulPrecisions } from "./gemm/matmul-precision.ts";
import type { Tuning } from "./gemm/tuning-file.ts";
import { simd } from "./simd.ts";

/** A provider at one precision, on the products of a training step. */
export interface GemmMeasurement {
  readonly gemm: string;
  readonly precision: MatmulPrecision;
  readonly gigaflops: number;
}

/** Products of a step of 4,096 tokens and width 256: `[m, n, k]`, and whether A is transposed. */
const products: readonly (readonly [m: number, n: number, k: number, transposeA: boolean])[] = [
  [4096, 256, 256, false],
  [4096, 1024, 256, false],
  [4096, 256, 1024, false],
  [256, 1024, 4096, true],
];
const ROUNDS = 9;

/**
 * Measures every provider that is available, on all threads, one after the other in each round. Leaves `simd` active.
 *
 * @returns the median speeds, and the fastest provider of each precision.
 */
export async function tuneGemm(): Promise<{ readonly measured: GemmMeasurement[]; readonly tuning: Tuning }> {
  const contenders = matmulPrecisions.flatMap((precision) => contendersOf(precision));
  for (const { backend } of contenders) await backend.activate();
  const seconds = contenders.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, { backend }] of contenders.entries()) {
      await tf.setBackend(backend.name);
      // The first round warms up.
      if (round > 0) seconds[index]!.push(secondsOfProducts());
      else secondsOfProducts();
    }
  }
  await simd.activate();
  const flops = products.reduce((sum, [m, n, k]) => sum + 2 * m * n * k, 0);
  const measured = contenders.map(({ gemm, precision }, index) => {
    const median = seconds[index]!.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
    return { gemm, precision, gigaflops: flops / median / 1e9 };
  });
  return { measured, tuning: fastestOf(measured) };
}

function contendersOf(precision: MatmulPrecision): { gemm: string; precision: MatmulPrecision; backend: Backend }[] {
  return probeGemmProviders()
    .filter(({ name }) => canMultiply(name, precision))
    .map(({ name }) => {
      const backend = simd.withOptions!({ gemm: name, matmulPrecision: precision });
      return { gemm: name, precision, backend };
    });
}

function canMultiply(gemm: string, matmulPrecision: MatmulPrecision): boolean {
  try {
    chooseGemm({ gemm, matmulPrecision });
    return true;
  } catch {
    return false;
  }
}

function secondsOfProducts(): number {
  return tf.tidy(() => {
    const inputs = products.map(([m, n, k, transposeA]) => ({
      a: tf.ones(transposeA ? [k, m] : [m, k]),
      b: tf.ones([k, n]),
      transposeA,
    }));
    const begin = performance.now();
    for (const { a, b, transposeA } of inputs) tf.matMul(a, b, transposeA);
    return (performance.now() - begin) / 1000;
  });
}

const fastestOf = (measured: readonly GemmMeasurement[]): Tuning =>
  Object.fromEntries(
    matmulPrecisions.flatMap((precision) => {
      const [fastest] = measured
        .filter((one) => one.precision === precision)
        .sort((one, other) => other.gigaflops - one.gigaflops);
      return fastest ? [[precision, fastest.gemm]] : [];
    }),
  );
