import { embedding } from "../../embedding.ts";
import { linear } from "../../fused/linear.ts";
import { type Tensor1D, type Tensor2D, type Tensor3D, tf } from "../../tf.ts";
import { at, type Grid, grid, reshaped } from "../grid.ts";
import { exactly, floats } from "../input.ts";
import { type OpCase, opCase } from "../op-case.ts";

interface Transposes {
  readonly a?: boolean;
  readonly b?: boolean;
}

const swapLast = (shape: readonly number[], swap = false): readonly number[] =>
  swap ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;

/** `[…, M, K] · […, K, N]` in float64; batch axes of size 1 broadcast. */
function product(a: Grid, b: Grid, transposes: Transposes = {}): Grid {
  const left = swapLast(a.shape, transposes.a);
  const right = swapLast(b.shape, transposes.b);
  const batch = left.slice(0, -2).map((length, axis) => Math.max(length, right[axis]!));
  const inner = left.at(-1)!;
  return grid([...batch, left.at(-2)!, right.at(-1)!], (index) => {
    const [row, column] = [index.at(-2)!, index.at(-1)!];
    const which = index.slice(0, -2);
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      const fromA = at(a, [...which, ...(transposes.a ? [k, row] : [row, k])]);
      sum += fromA * at(b, [...which, ...(transposes.b ? [column, k] : [k, column])]);
    }
    return sum;
  });
}

const matMul = (variant: string, a: readonly number[], b: readonly number[], transposes: Transposes = {}): OpCase =>
  opCase({
    op: "matMul",
    variant,
    inputs: { a: floats(swapLast(a, transposes.a)), b: floats(swapLast(b, transposes.b)) },
    run: (inputs) => tf.matMul(inputs.a, inputs.b, transposes.a, transposes.b),
    oracle: (inputs) => product(inputs.a, inputs.b, transposes),
  });

const affine = (x: Grid, weight: Grid, bias: Grid): Grid => {
  const values = product(reshaped(x, [x.values.length / weight.shape[0]!, weight.shape[0]!]), weight);
  return grid(values.shape, ([row, column]) => at(values, [row!, column!]) + at(bias, [column!]));
};

/** Products of matrices, and the look-ups and sums that an embedding needs. */
export const matrixCases: readonly OpCase[] = [
  matMul("plain", [5, 7], [7, 3]),
  matMul("one row", [1, 9], [9, 5]),
  matMul("one column", [6, 5], [5, 1]),
  matMul("outer", [7, 1], [1, 9]),
  matMul("a transposed", [5, 7], [7, 3], { a: true }),
  matMul("b transposed", [5, 7], [7, 3], { b: true }),
  matMul("both transposed", [5, 7], [7, 3], { a: true, b: true }),
  matMul("past one tile", [17, 11], [11, 9]),
  matMul("batched", [3, 4, 5], [3, 5, 2]),
  matMul("batched heads", [2, 3, 4, 5], [2, 3, 5, 2]),
  matMul("batched heads, a transposed", [2, 2, 3, 5], [2, 2, 5, 2], { a: true }),
  matMul("batched heads, b transposed", [2, 2, 3, 5], [2, 2, 5, 4], { b: true }),
  opCase({
    op: "fused.matMul",
    variant: "bias",
    inputs: { a: floats([5, 7]), b: floats([7, 3]), bias: floats([3]) },
    run: ({ a, b, bias }) => tf.fused.matMul({ a: a as Tensor2D, b: b as Tensor2D, bias }),
    oracle: ({ a, b, bias }) => affine(a, b, bias),
  }),
  opCase({
    op: "linear",
    inputs: { x: floats([2, 3, 5]), weight: floats([5, 4]), bias: floats([4]) },
    run: ({ x, weight, bias }) => linear(x as Tensor3D, weight as Tensor2D, bias as Tensor1D),
    oracle: ({ x, weight, bias }) => reshaped(affine(x, weight, bias), [2, 3, 4]),
  }),
  opCase({
    op: "linear",
    variant: "one row, wider than a vector",
    inputs: { x: floats([1, 9]), weight: floats([9, 37]), bias: floats([37]) },
    run: ({ x, weight, bias }) => linear(x, weight as Tensor2D, bias as Tensor1D),
    oracle: ({ x, weight, bias }) => affine(x, weight, bias),
  }),
  opCase({
    op: "linear",
    variant: "no bias",
    inputs: { x: floats([7, 5]), weight: floats([5, 4]) },
    run: ({ x, weight }) => linear(x, weight as Tensor2D),
    oracle: ({ x, weight }) => product(x, weight),
  }),
  opCase({
    op: "gather",
    variant: "rows, some twice",
    inputs: { table: floats([5, 3]), ids: exactly([6], "int32", [4, 0, 4, 2, 4, 0]) },
    run: ({ table, ids }) => tf.gather(table, ids as Tensor1D),
    oracle: ({ table, ids }) => grid([6, 3], ([row, column]) => at(table, [at(ids, [row!]), column!])),
  }),
  opCase({
    op: "gather",
    variant: "along the last axis",
    inputs: { table: floats([2, 3, 5]), ids: exactly([4], "int32", [4, 0, 4, 1]) },
    run: ({ table, ids }) => tf.gather(table, ids as Tensor1D, 2),
    oracle: ({ table, ids }) => grid([2, 3, 4], ([i, j, k]) => at(table, [i!, j!, at(ids, [k!])])),
  }),
  opCase({
    op: "unsortedSegmentSum",
    inputs: { rows: floats([6, 3]), ids: exactly([6], "int32", [3, 0, 3, 1, 3, 0]) },
    run: ({ rows, ids }) => tf.unsortedSegmentSum(rows, ids as Tensor1D, 5),
    oracle: ({ rows, ids }) =>
      grid([5, 3], ([segment, column]) => {
        let sum = 0;
        for (let row = 0; row < 6; row++) if (at(ids, [row]) === segment) sum += at(rows, [row, column!]);
        return sum;
      }),
  }),
  opCase({
    op: "embedding",
    inputs: { table: floats([7, 3]), ids: exactly([2, 3], "int32", [6, 6, 1, 0, 6, 1]) },
    run: ({ table, ids }) => embedding(table as Tensor2D, ids),
    oracle: ({ table, ids }) => grid([2, 3, 3], ([b, t, m]) => at(table, [at(ids, [b!, t!]), m!])),
  }),
];
