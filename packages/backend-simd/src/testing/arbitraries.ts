import { createRandom } from "@trivium/core";
import fc from "fast-check";
import type { Given } from "./kernel-call.ts";

/** Sizes that find edges: none, one, primes, the vector width and its neighbours. */
export const size = fc.constantFrom(0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 33);
export const positiveSize = size.filter((value) => value > 0);
export const seed = fc.integer({ min: 0, max: 2 ** 30 });

/** Shapes of a rank, of at most some thousand elements. */
export const shapeOf = (rank: number, axis: fc.Arbitrary<number> = size): fc.Arbitrary<number[]> =>
  fc
    .array(axis, { minLength: rank, maxLength: rank })
    .map((shape) => (product(shape) > 4000 ? shape.map((value) => Math.min(value, 5)) : shape));

export const anyShape = (axis: fc.Arbitrary<number> = size): fc.Arbitrary<number[]> =>
  fc.integer({ min: 0, max: 4 }).chain((rank) => shapeOf(rank, axis));

export const product = (sizes: readonly number[]): number => sizes.reduce((all, value) => all * value, 1);

const special = [
  0,
  -0,
  1,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e-30,
  -1e30,
  0.5,
  88.8,
  -104,
];

/** Floats from a seed, in (−4, 4); with `specials`, one in eight is zero, infinite, NaN, tiny or huge. */
export function floats(shape: number[], from: number, { specials = false, scale = 4 } = {}): Given {
  const random = createRandom(from);
  const values = Float32Array.from({ length: product(shape) }, () => {
    if (specials && random.uniform() < 1 / 8) return special[random.integer(special.length)]!;
    return (random.uniform() * 2 - 1) * scale;
  });
  return { shape, dtype: "float32", values };
}

/** Integers from a seed, in [0, bound). */
export function integers(shape: number[], from: number, bound: number): Given {
  const random = createRandom(from);
  return { shape, dtype: "int32", values: Int32Array.from({ length: product(shape) }, () => random.integer(bound)) };
}

/** Booleans from a seed. */
export function booleans(shape: number[], from: number): Given {
  const random = createRandom(from);
  return { shape, dtype: "bool", values: Uint8Array.from({ length: product(shape) }, () => random.integer(2)) };
}

/** Two shapes that broadcast to one: per axis both have it, or one of them repeats; leading ones may be left out. */
export const broadcastPair = anyShape().chain((full) =>
  fc
    .tuple(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }), fc.boolean())
    .map(([choices, drop]) => {
      const a = full.map((value, axis) => (choices[axis] === 1 ? 1 : value));
      const b = full.map((value, axis) => (choices[axis] === 2 ? 1 : value));
      return { a: drop ? withoutLeadingOnes(a) : a, b };
    }),
);

function withoutLeadingOnes(shape: readonly number[]): number[] {
  const first = shape.findIndex((value) => value !== 1);
  return first < 0 ? [] : shape.slice(first);
}
