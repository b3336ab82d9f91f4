import { type Tensor1D, type Tensor2D, tf } from "../../tf.ts";
import { at, elementwise, grid, reshaped } from "../grid.ts";
import { booleans, exactly, floats, integers } from "../input.ts";
import { type OpCase, opCase } from "../op-case.ts";

const transpose = (shape: readonly number[], order: readonly number[]): OpCase =>
  opCase({
    op: "transpose",
    variant: `[${shape}] to [${order}]`,
    inputs: { x: floats(shape) },
    run: ({ x }) => tf.transpose(x, [...order]),
    oracle: ({ x }) =>
      grid(
        order.map((axis) => shape[axis]!),
        (index) => {
          const source: number[] = [];
          order.forEach((axis, place) => {
            source[axis] = index[place]!;
          });
          return at(x, source);
        },
      ),
  });

const concat = (axis: number, a: readonly number[], b: readonly number[]): OpCase =>
  opCase({
    op: "concat",
    variant: `axis ${axis}`,
    inputs: { a: floats(a), b: floats(b) },
    run: (inputs) => tf.concat([inputs.a, inputs.b], axis),
    oracle: (inputs) =>
      grid(a.with(axis, a[axis]! + b[axis]!), (index) => {
        const place = index[axis]! - a[axis]!;
        return place < 0 ? at(inputs.a, index) : at(inputs.b, index.with(axis, place));
      }),
  });

/** Ops that move numbers, convert them or choose among them. */
export const shapeCases: readonly OpCase[] = [
  transpose([3, 5], [1, 0]),
  transpose([2, 3, 4], [0, 2, 1]),
  transpose([2, 3, 2, 5], [0, 2, 1, 3]),
  transpose([2, 3, 2, 5], [0, 1, 3, 2]),
  transpose([2, 3, 4], [2, 0, 1]),
  concat(0, [2, 3], [4, 3]),
  concat(1, [3, 2], [3, 5]),
  concat(2, [1, 2, 3, 2], [1, 2, 1, 2]),
  opCase({
    op: "slice",
    inputs: { x: floats([4, 5, 3]) },
    run: ({ x }) => tf.slice(x, [1, 0, 1], [2, 4, 2]),
    oracle: ({ x }) => grid([2, 4, 2], ([i, j, k]) => at(x, [i! + 1, j!, k! + 1])),
  }),
  opCase({
    op: "split",
    variant: "the middle part",
    inputs: { x: floats([3, 9]) },
    run: ({ x }) => tf.split(x, 3, 1)[1]!,
    oracle: ({ x }) => grid([3, 3], ([i, j]) => at(x, [i!, j! + 3])),
  }),
  opCase({
    op: "stack",
    inputs: { a: floats([3, 2]), b: floats([3, 2]) },
    run: ({ a, b }) => tf.stack([a, b], 1),
    oracle: ({ a, b }) => grid([3, 2, 2], ([i, which, j]) => at(which === 0 ? a : b, [i!, j!])),
  }),
  opCase({
    op: "unstack",
    variant: "the last one",
    inputs: { x: floats([3, 4]) },
    run: ({ x }) => tf.unstack(x, 0)[2]!,
    oracle: ({ x }) => grid([4], ([i]) => at(x, [2, i!])),
  }),
  opCase({
    op: "pad",
    inputs: { x: floats([2, 3]) },
    run: ({ x }) =>
      tf.pad(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        0.5,
      ),
    oracle: ({ x }) => grid([3, 5], ([i, j]) => (i! >= 1 && j! < 3 ? at(x, [i! - 1, j!]) : 0.5)),
  }),
  opCase({
    op: "tile",
    inputs: { x: floats([2, 3]) },
    run: ({ x }) => tf.tile(x, [2, 3]),
    oracle: ({ x }) => grid([4, 9], ([i, j]) => at(x, [i! % 2, j! % 3])),
  }),
  opCase({
    op: "broadcastTo",
    inputs: { x: floats([2, 1, 3]) },
    run: ({ x }) => tf.broadcastTo(x, [4, 2, 5, 3]),
    oracle: ({ x }) => grid([4, 2, 5, 3], (index) => at(x, index)),
  }),
  opCase({
    op: "clone",
    inputs: { x: floats([2, 3]) },
    run: ({ x }) => tf.clone(x),
    oracle: ({ x }) => x,
  }),
  opCase({
    op: "reshape",
    inputs: { x: floats([2, 6]) },
    run: ({ x }) => tf.reshape(x, [3, -1]),
    oracle: ({ x }) => reshaped(x, [3, 4]),
  }),
  opCase({
    op: "expandDims",
    inputs: { x: floats([2, 3]) },
    run: ({ x }) => tf.expandDims(x, 1),
    oracle: ({ x }) => reshaped(x, [2, 1, 3]),
  }),
  opCase({
    op: "squeeze",
    inputs: { x: floats([2, 1, 3]) },
    run: ({ x }) => tf.squeeze(x, [1]),
    oracle: ({ x }) => reshaped(x, [2, 3]),
  }),
  opCase({
    op: "cast",
    variant: "bool to float32",
    inputs: { x: booleans([3, 5]) },
    run: ({ x }) => tf.cast(x, "float32"),
    oracle: ({ x }) => x,
  }),
  opCase({
    op: "cast",
    variant: "float32 to int32 cuts towards zero",
    inputs: { x: exactly([6], "float32", [-2.5, -1, -0.5, 0, 0.5, 2.75]) },
    run: ({ x }) => tf.cast(x, "int32"),
    oracle: ({ x }) => elementwise((value) => Math.trunc(value) + 0, x),
    gradientOf: [],
  }),
  opCase({
    op: "cast",
    variant: "int32 to bool",
    inputs: { x: integers([9], 3) },
    run: ({ x }) => tf.cast(x, "bool"),
    oracle: ({ x }) => elementwise((value) => (value === 0 ? 0 : 1), x),
  }),
  opCase({
    op: "where",
    inputs: { condition: booleans([4, 5]), a: floats([4, 5]), b: floats([4, 5]) },
    run: ({ condition, a, b }) => tf.where(condition, a, b),
    oracle: ({ condition, a, b }) => elementwise((yes, x, y) => (yes ? x : y), condition, a, b),
  }),
  opCase({
    op: "where",
    variant: "one choice for all rows",
    inputs: { condition: booleans([1, 5]), a: floats([4, 5]), b: floats([]) },
    run: ({ condition, a, b }) => tf.where(condition, a, b),
    oracle: ({ condition, a, b }) => elementwise((yes, x, y) => (yes ? x : y), condition, a, b),
  }),
  opCase({
    op: "oneHot",
    inputs: { ids: integers([7], 5) },
    run: ({ ids }) => tf.oneHot(ids as Tensor1D, 5, 1, 0, "float32"),
    oracle: ({ ids }) => grid([7, 5], ([row, id]) => (at(ids, [row!]) === id ? 1 : 0)),
  }),
  opCase({
    op: "fill",
    inputs: { x: floats([2]) },
    run: ({ x }) => tf.add(tf.fill([3, 2], -1e9), tf.mul(tf.zerosLike(x), tf.onesLike(x))),
    oracle: () => grid([3, 2], () => -1e9),
    gradientOf: [],
  }),
  opCase({
    op: "range",
    inputs: { x: integers([1], 3) },
    run: ({ x }) => tf.add(tf.range(2, 11, 3, "int32"), x),
    oracle: ({ x }) => grid([3], ([i]) => 2 + 3 * i! + at(x, [0])),
  }),
  opCase({
    op: "topk",
    variant: "values",
    inputs: { x: floats([3, 7]) },
    run: ({ x }) => tf.topk(x as Tensor2D, 3).values,
    oracle: ({ x }) =>
      grid([3, 3], ([row, rank]) => [...x.values.subarray(row! * 7, row! * 7 + 7)].sort((a, b) => b - a)[rank!]!),
    gradientOf: [],
  }),
];
