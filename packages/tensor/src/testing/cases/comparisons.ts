import { type Tensor, tf } from "../../tf.ts";
import { elementwise } from "../grid.ts";
import { booleans, integers } from "../input.ts";
import { type OpCase, opCase } from "../op-case.ts";

const compare = (op: string, run: (a: Tensor, b: Tensor) => Tensor, holds: (a: number, b: number) => boolean): OpCase =>
  opCase({
    op,
    inputs: { a: integers([4, 5], 3), b: integers([5], 3) },
    run: (inputs) => run(inputs.a, inputs.b),
    oracle: (inputs) => elementwise((a, b) => Number(holds(a, b)), inputs.a, inputs.b),
  });

const combine = (
  op: string,
  run: (a: Tensor, b: Tensor) => Tensor,
  holds: (a: boolean, b: boolean) => boolean,
): OpCase =>
  opCase({
    op,
    inputs: { a: booleans([4, 5]), b: booleans([4, 5]) },
    run: (inputs) => run(inputs.a, inputs.b),
    oracle: (inputs) => elementwise((a, b) => Number(holds(a === 1, b === 1)), inputs.a, inputs.b),
  });

/** Ops that answer yes or no. */
export const comparisonCases: readonly OpCase[] = [
  compare("equal", tf.equal, (a, b) => a === b),
  compare("notEqual", tf.notEqual, (a, b) => a !== b),
  compare("greater", tf.greater, (a, b) => a > b),
  compare("greaterEqual", tf.greaterEqual, (a, b) => a >= b),
  compare("less", tf.less, (a, b) => a < b),
  compare("lessEqual", tf.lessEqual, (a, b) => a <= b),
  combine("logicalAnd", tf.logicalAnd, (a, b) => a && b),
  combine("logicalOr", tf.logicalOr, (a, b) => a || b),
  opCase({
    op: "logicalNot",
    inputs: { x: booleans([7]) },
    run: ({ x }) => tf.logicalNot(x),
    oracle: ({ x }) => elementwise((value) => 1 - value, x),
  }),
];
