import { type Tensor, tf } from "../../tf.ts";
import { type Grid, mapRows, reduce, reshaped, total } from "../grid.ts";
import { floats } from "../input.ts";
import { type OpCase, opCase } from "../op-case.ts";

const mean = (values: readonly number[]): number => total(values) / values.length;
const logSumExp = (values: readonly number[]): number => {
  const most = Math.max(...values);
  return most + Math.log(total(values.map((value) => Math.exp(value - most))));
};
const softmax = (row: readonly number[]): number[] => row.map((value) => Math.exp(value - logSumExp(row)));

const over = (
  op: string,
  run: (x: Tensor, axis?: number, keepDims?: boolean) => Tensor,
  combine: (values: readonly number[]) => number,
): OpCase[] => [
  opCase({
    op,
    variant: "last axis",
    inputs: { x: floats([3, 2, 7], -2, 2) },
    run: ({ x }) => run(x, -1),
    oracle: ({ x }) => reduce(x, -1, combine),
  }),
  opCase({
    op,
    variant: "first axis",
    inputs: { x: floats([5, 3]) },
    run: ({ x }) => run(x, 0),
    oracle: ({ x }) => reduce(x, 0, combine),
  }),
  opCase({
    op,
    variant: "last axis kept",
    inputs: { x: floats([3, 5]) },
    run: ({ x }) => run(x, -1, true),
    oracle: ({ x }) => reshaped(reduce(x, -1, combine), [3, 1]),
  }),
  opCase({
    op,
    variant: "everything",
    inputs: { x: floats([2, 3, 5]) },
    run: ({ x }) => run(x),
    oracle: ({ x }) => reduce(reshaped(x, [30]), 0, combine),
  }),
];

const rows = (op: string, run: (x: Tensor) => Tensor, oracle: (row: readonly number[]) => number[]): OpCase[] =>
  [
    [4, 7],
    [2, 3, 1, 5],
    [1, 33],
  ].map((shape) =>
    opCase({
      op,
      variant: `[${shape}]`,
      inputs: { x: floats(shape, -4, 4) },
      run: ({ x }) => run(x),
      oracle: ({ x }) => mapRows(x, oracle),
    }),
  );

const largeLogits = (x: Grid): Grid => mapRows(x, softmax);

/** Ops that combine the elements along axes. */
export const reductionCases: readonly OpCase[] = [
  ...over("sum", tf.sum, total),
  ...over("mean", tf.mean, mean),
  ...over("max", tf.max, (values) => Math.max(...values)),
  ...over("min", tf.min, (values) => Math.min(...values)),
  ...over("logSumExp", tf.logSumExp, logSumExp),
  ...rows("softmax", (x) => tf.softmax(x), softmax),
  ...rows(
    "logSoftmax",
    (x) => tf.logSoftmax(x),
    (row) => row.map((value) => value - logSumExp(row)),
  ),
  opCase({
    op: "softmax",
    variant: "logits beyond the range of exp",
    inputs: { x: floats([3, 5], -500, 500) },
    run: ({ x }) => tf.softmax(x),
    oracle: ({ x }) => largeLogits(x),
    gradientOf: [],
  }),
  opCase({
    op: "cumsum",
    inputs: { x: floats([3, 5]) },
    run: ({ x }) => tf.cumsum(x, 1),
    oracle: ({ x }) => mapRows(x, (row) => row.map((_, end) => total(row.slice(0, end + 1)))),
  }),
  opCase({
    op: "argMax",
    inputs: { x: floats([4, 9]) },
    run: ({ x }) => tf.argMax(x, -1),
    oracle: ({ x }) => reduce(x, -1, (row) => row.indexOf(Math.max(...row))),
    gradientOf: [],
  }),
];
