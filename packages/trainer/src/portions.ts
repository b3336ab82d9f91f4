import { flattenTree, type ParameterTree, squaredNorms, type Tensor1D, tf } from "@trivium/tensor";
import type { Owned, Slice } from "./sharding.ts";
import { sizeOf } from "./update-each.ts";

/** Number of elements from which a parameter is cut. Smaller ones stay whole, since a cut costs more than it spares. */
const SMALLEST_CUT = 4096;

/**
 * Divides parameters into portions of about equal size, so that each of several processes owns consecutive portions. The
 * division depends on the number of portions alone, and so do the sums of squares of portions, by which a global norm has the same
 * bits for any number of processes.
 *
 * @param of - number of portions: that of the shards of a step.
 * @returns the slices of each portion, in the order of the parameters.
 * @example portionsOf([{ path: "w", shape: [3], isElementwise: true }], 1) // => [[{ path: "w", from: 0, to: 3 }]]
 */
export function portionsOf(parameters: readonly Owned[], of: number): readonly (readonly Slice[])[] {
  const portions = Array.from({ length: of }, (): Slice[] => []);
  const sizes = portions.map(() => 0);
  const order = spreadOrder(of);
  for (const { path, shape, isElementwise } of parameters) {
    const rows = shape[0] ?? 1;
    const size = sizeOf(shape);
    const edge = (at: number) => Math.floor((rows * at) / of);
    if (isElementwise && rows >= of && size >= SMALLEST_CUT) {
      for (const [at, slices] of portions.entries()) slices.push({ path, from: edge(at), to: edge(at + 1) });
    } else {
      const least = Math.min(...sizes);
      const lightest = order.find((at) => sizes[at] === least)!;
      sizes[lightest]! += size;
      portions[lightest]!.push({ path, from: 0, to: rows });
    }
  }
  return portions;
}

/** The portions in an order whose beginnings lie far apart, so that every number of processes gets an even share: 0, 4, 2, 6, 1, … */
function spreadOrder(of: number): readonly number[] {
  const reversed = (index: number) => [...index.toString(2)].toReversed().join("");
  const place = (index: number) => Number.parseInt(reversed(index).padEnd(32, "0"), 2);
  return Array.from({ length: of }, (_, at) => at).sort((a, b) => place(a) - place(b));
}

/**
 * Joins the slices of consecutive portions: one slice of each parameter, in the order of the parameters.
 *
 * @example
 * const portions = portionsOf([{ path: "w", shape: [8192], isElementwise: true }], 4);
 * joinPortions([{ path: "w" }], portions.slice(2)) // => [{ path: "w", from: 4096, to: 8192 }]
 */
export function joinPortions(
  parameters: readonly Pick<Owned, "path">[],
  portions: readonly (readonly Slice[])[],
): readonly Slice[] {
  const joined = new Map<string, Slice>();
  for (const slice of portions.flat()) {
    const before = joined.get(slice.path);
    joined.set(slice.path, before ? { ...before, to: slice.to } : slice);
  }
  return parameters.flatMap(({ path }) => joined.get(path) ?? []);
}

/**
 * Returns the sums of squares of the slices of portions, in their order.
 *
 * @param gradients - the rows of `owned`, by path.
 * @param owned - the slices of the portions, joined.
 */
export function portionSquares(
  gradients: ParameterTree,
  owned: readonly Slice[],
  portions: readonly (readonly Slice[])[],
): Tensor1D {
  const leaves = flattenTree(gradients);
  const whole = new Map(owned.map((slice) => [slice.path, slice]));
  return tf.tidy(() => {
    const pieces = portions.flat().map(({ path, from, to }) => {
      const { from: first, to: end } = whole.get(path)!;
      return from === first && to === end ? leaves[path]! : tf.slice(leaves[path]!, from - first, to - from);
    });
    return pieces.length > 0 ? squaredNorms(pieces) : tf.tensor1d([]);
  });
}
