import { ConfigError } from "@trivium/core";
import { type Tensor, tf } from "../tf.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp, runFused } from "./fused-op.ts";

/**
 * Returns the random word of one element: a hash of the seed and the element's index. A mask can therefore be recomputed
 * in the backward pass and after a resume instead of being stored.
 *
 * Index and seed are each mixed before they meet: were they added, the masks of two seeds would be shifts of one another.
 *
 * @returns an integer in [0, 2³²).
 * @source the two-round multiply-xorshift of https://github.com/skeeto/hash-prospector, its best 32-bit constants
 */
export const dropoutHash = (seed: number, index: number): number => hashOf(mixedSeed(seed), index);

const GOLDEN = 0x9e3779b1;

// `mix` keeps 0: without the sum the first element of seed 0 would be dropped at every rate.
const mixedSeed = (seed: number): number => mix((seed + GOLDEN) | 0);

const hashOf = (mixed: number, index: number): number => mix(mix(Math.imul(index, GOLDEN)) ^ mixed) >>> 0;

function mix(bits: number): number {
  let word = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
  return word ^ (word >>> 15);
}

const run = defineFusedOp(fusedKernels.dropout, {
  composed: ({ x }, { rate, seed }) => tf.where(keepMask(x, rate, seed), tf.mul(x, 1 / (1 - rate)), tf.zerosLike(x)),
  backward: ([dy], _saved, attributes) => ({ x: () => runFused(fusedKernels.dropout, { x: dy }, attributes)[0] }),
});

/**
 * Drops elements at random: each is 0 with probability `rate`, else divided by `1 − rate`.
 *
 * @param options.rate - in [0, 1).
 * @param options.seed - int32; the same seed drops the same elements.
 * @throws {ConfigError} `dropout/rate`
 * @source Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
 */
export function dropout<T extends Tensor>(x: T, { rate, seed }: { rate: number; seed: number }): T {
  if (!(rate >= 0 && rate < 1)) throw new ConfigError("dropout/rate", `a dropout rate is in [0, 1), got ${rate}`);
  return rate === 0 ? x : (run({ x }, { rate, seed: seed | 0 })[0] as T);
}

function keepMask(x: Tensor, rate: number, seed: number): Tensor {
  const factor = dropoutFactor(rate, seed);
  const kept = Uint8Array.from({ length: x.size }, (_, index) => (factor(index) === 0 ? 0 : 1));
  return tf.tensor(kept, x.shape, "bool");
}

/** Returns the function from an element's index to its factor under dropout: 0, or `1/(1 − rate)`. */
export function dropoutFactor(rate: number, seed: number): (index: number) => number {
  const threshold = Math.floor(rate * 2 ** 32);
  const kept = 1 / (1 - rate);
  const mixed = mixedSeed(seed);
  return (index) => (hashOf(mixed, index) >= threshold ? kept : 0);
}
