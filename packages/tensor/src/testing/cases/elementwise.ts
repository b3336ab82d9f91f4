import { type Tensor, tf } from "../../tf.ts";
import { elementwise } from "../grid.ts";
import { exactly, floats, type Input } from "../input.ts";
import { type OpCase, opCase } from "../op-case.ts";

const unary = (op: string, x: Input, run: (x: Tensor) => Tensor, oracle: (x: number) => number): OpCase =>
  opCase({ op, inputs: { x }, run: (inputs) => run(inputs.x), oracle: (inputs) => elementwise(oracle, inputs.x) });

interface BinaryOptions {
  readonly range?: readonly [number, number];
  /** False for the ops of which tfjs 4.22 has a gradient for equal shapes only. */
  readonly broadcastGradient?: boolean;
}

const binary = (
  op: string,
  run: (a: Tensor, b: Tensor) => Tensor,
  oracle: (a: number, b: number) => number,
  { range = [-1, 1], broadcastGradient = true }: BinaryOptions = {},
): OpCase[] => {
  const shapes = {
    "equal shapes": [
      [3, 5],
      [3, 5],
    ],
    "a row over a matrix": [[3, 7], [7]],
    "a column and a row": [
      [2, 4, 1],
      [1, 5],
    ],
    "a scalar": [[5], []],
  };
  return Object.entries(shapes).map(([variant, [a, b]]) =>
    opCase({
      op,
      variant,
      inputs: { a: floats(a!, ...range), b: floats(b!, ...range) },
      run: (inputs) => run(inputs.a, inputs.b),
      oracle: (inputs) => elementwise(oracle, inputs.a, inputs.b),
      gradientOf: broadcastGradient || variant === "equal shapes" ? undefined : [],
    }),
  );
};

/** `erf` by its Maclaurin series, which converges everywhere; enough terms for |x| ≤ 3. */
export function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 80; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const wide = floats([3, 7], -3, 3);
const positive = floats([3, 7], 0.1, 3);

/** Ops that work element by element. */
export const elementwiseCases: readonly OpCase[] = [
  ...binary("add", tf.add, (a, b) => a + b),
  ...binary("sub", tf.sub, (a, b) => a - b),
  ...binary("mul", tf.mul, (a, b) => a * b),
  ...binary("div", tf.div, (a, b) => a / b, { range: [0.5, 2] }),
  ...binary("maximum", tf.maximum, Math.max, { broadcastGradient: false }),
  ...binary("minimum", tf.minimum, Math.min, { broadcastGradient: false }),
  ...binary("pow", tf.pow, (a, b) => a ** b, { range: [0.5, 2] }),
  unary("neg", wide, tf.neg, (x) => -x),
  unary("abs", wide, tf.abs, Math.abs),
  unary("exp", wide, tf.exp, Math.exp),
  unary("log", positive, tf.log, Math.log),
  unary("sqrt", positive, tf.sqrt, Math.sqrt),
  unary("rsqrt", positive, tf.rsqrt, (x) => 1 / Math.sqrt(x)),
  unary("square", wide, tf.square, (x) => x * x),
  unary("sin", wide, tf.sin, Math.sin),
  unary("cos", wide, tf.cos, Math.cos),
  unary("tanh", wide, tf.tanh, Math.tanh),
  unary("erf", wide, tf.erf, erf),
  unary("sigmoid", wide, tf.sigmoid, (x) => 1 / (1 + Math.exp(-x))),
  unary("relu", wide, tf.relu, (x) => Math.max(0, x)),
  unary(
    "clipByValue",
    wide,
    (x) => tf.clipByValue(x, -1, 1.5),
    (x) => Math.min(1.5, Math.max(-1, x)),
  ),
  opCase({
    op: "floor",
    inputs: { x: exactly([6], "float32", [-1.5, -1, -0.25, 0, 0.75, 2.5]) },
    run: ({ x }) => tf.floor(x),
    oracle: ({ x }) => elementwise(Math.floor, x),
    gradientOf: [],
  }),
  opCase({
    op: "sign",
    inputs: { x: exactly([6], "float32", [-1.5, -1, -0.25, 0, 0.75, 2.5]) },
    run: ({ x }) => tf.sign(x),
    oracle: ({ x }) => elementwise(Math.sign, x),
    gradientOf: [],
  }),
];
