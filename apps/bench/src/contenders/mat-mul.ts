import { type Tensor2D, tf } from "@trivium/tensor";
import { type Contender, timed } from "../contender.ts";
import { type GemmSize, type GemmWork, gemmWork, randomValues } from "../gemm-work.ts";
import type { Engine } from "./engines.ts";

export interface MatMulOptions extends Omit<Contender, "run" | "close" | "work"> {
  readonly work: GemmWork;
  /** Makes its backend the current one. */
  use(): Promise<void>;
}

/** A product by tfjs's `matMul`, on some backend. */
export async function matMulContender({ work, use, ...own }: MatMulOptions): Promise<Contender> {
  const { m, n, k, transposeA, transposeB } = work;
  await use();
  const a = tf.tensor2d(randomValues(m * k), transposeA ? [k, m] : [m, k]);
  const b = tf.tensor2d(randomValues(k * n), transposeB ? [n, k] : [k, n]);
  const multiply = (): Tensor2D => tf.matMul(a, b, transposeA, transposeB);
  return {
    ...own,
    work: work.label,
    async run(times) {
      await use();
      return timed(async () => {
        for (let time = 1; time < times; time++) multiply().dispose();
        await finished(multiply());
      });
    },
    close: () => tf.dispose([a, b]),
  };
}

/** Waits until a backend that works elsewhere has done it: a value is there then. Disposes the tensor. */
export async function finished(tensor: tf.Tensor): Promise<void> {
  const value = tf.slice(tf.reshape(tensor, [-1]), [0], [1]);
  await value.data();
  tf.dispose([tensor, value]);
}

/** Products of whose speeds the best counts as the engine's peak: those of a step, and a cube. */
export async function peakContenders(engine: Engine, tokens: number, width: number): Promise<(Contender & GemmSize)[]> {
  const sizes: GemmSize[] = [
    { m: tokens, n: 4 * width, k: width },
    { m: tokens, n: width, k: 4 * width },
    { m: 1024, n: 1024, k: 1024 },
  ];
  const { precision, provider, threads, use } = engine;
  const peaks: (Contender & GemmSize)[] = [];
  for (const size of sizes) {
    const own = { name: "peak", precision, provider, threads, use };
    peaks.push({ ...(await matMulContender({ ...own, work: gemmWork(size, "nn") })), ...size });
  }
  return peaks;
}
