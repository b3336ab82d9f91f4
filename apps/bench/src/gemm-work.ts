import { createRandom } from "@trivium/core";
import type { Work } from "./contender.ts";

/** Sizes of a product: `[m, k] · [k, n]`. */
export interface GemmSize {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** A product, and whether its matrices lie transposed in memory. */
export interface GemmWork extends Work, GemmSize {
  readonly flops: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Shapes of both matrices as they lie in memory. */
  readonly shapes: Readonly<Record<"a" | "b", [number, number]>>;
}

/** The matrices that lie transposed: of a forward pass nn, of the gradients nt and tn. */
export const transpositions = ["nn", "nt", "tn", "tt"] as const;
export type Transposition = (typeof transpositions)[number];

/** A product as work; a multiplication and an addition count as two operations. */
export function gemmWork({ m, n, k }: GemmSize, transposed: Transposition): GemmWork {
  const [transposeA, transposeB] = [transposed[0] === "t", transposed[1] === "t"];
  const shapes: GemmWork["shapes"] = { a: transposeA ? [k, m] : [m, k], b: transposeB ? [n, k] : [k, n] };
  return { m, n, k, label: `${m}×${n}×${k} ${transposed}`, flops: 2 * m * n * k, transposeA, transposeB, shapes };
}

/** Products of a training step of width 256 on 4,096 tokens, and a cube. */
export const stepProducts: readonly GemmSize[] = [
  { m: 4096, n: 256, k: 256 },
  { m: 4096, n: 1024, k: 256 },
  { m: 4096, n: 256, k: 1024 },
  { m: 1024, n: 1024, k: 1024 },
];

/** Values in [−1, 1) for a tensor of that shape, the same ones every time. */
export function randomValues(...shape: readonly number[]): Float32Array<ArrayBuffer> {
  const size = shape.reduce((product, length) => product * length);
  const random = createRandom(size).split("bench");
  return Float32Array.from({ length: size }, () => random.uniform() * 2 - 1);
}
