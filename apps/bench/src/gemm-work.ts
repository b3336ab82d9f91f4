import { createRandom } from "@trivium/core";

/** Sizes of a product: `[m, k] · [k, n]`. */
export interface GemmSize {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** A product, and whether its matrices lie transposed in memory. */
export interface GemmWork extends GemmSize {
  readonly label: string;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Which matrix lies transposed: of a forward pass nn, of the gradients nt and tn. */
export const transpositions = ["nn", "nt", "tn", "tt"] as const;
export type Transposition = (typeof transpositions)[number];

export const gemmWork = (size: GemmSize, transposed: Transposition): GemmWork => ({
  ...size,
  label: `${size.m}×${size.n}×${size.k} ${transposed}`,
  transposeA: transposed[0] === "t",
  transposeB: transposed[1] === "t",
});

/** A multiplication and an addition counted as two. */
export const gemmFlops = ({ m, n, k }: GemmSize): number => 2 * m * n * k;

/** Products of a training step of width 256 on 4,096 tokens, and a cube. */
export const stepProducts: readonly GemmSize[] = [
  { m: 4096, n: 256, k: 256 },
  { m: 4096, n: 1024, k: 256 },
  { m: 4096, n: 256, k: 1024 },
  { m: 1024, n: 1024, k: 1024 },
];

/** Values in [−1, 1), the same ones every time. */
export function randomValues(size: number): Float32Array<ArrayBuffer> {
  const random = createRandom(size).split("bench");
  return Float32Array.from({ length: size }, () => random.uniform() * 2 - 1);
}
