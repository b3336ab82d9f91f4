import "@tensorflow/tfjs-backend-cpu";
import { countSpecs, disposeTree, flattenSpecs, type Tensor, tf, valueAndGradients } from "@trivium/tensor";
import { assertClose, elementwise, type Grid } from "@trivium/tensor/testing/cases";
import { beforeAll, describe, expect, test } from "vitest";
import { type Activation, feedForward, feedForwardSpec, isGated } from "./feed-forward.ts";
import { affineInFloat64, gridOf } from "./testing/affine-in-float64.ts";
import { spreadParameters } from "./testing/spread-parameters.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

/** Φ(x) by Simpson's rule on 2,000 intervals from 0, so that it shares nothing with an erf. */
function normalDistribution(x: number): number {
  const intervals = 2000;
  const step = x / intervals;
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let at = 1; at < intervals; at++) sum += (at % 2 === 1 ? 4 : 2) * density(at * step);
  return 0.5 + (sum * step) / 3;
}

const exactGelu = (x: number) => x * normalDistribution(x);
const tanhGelu = (x: number) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

const oracle: Readonly<Record<Activation, (x: number) => number>> = {
  gelu: exactGelu,
  "gelu-tanh": tanhGelu,
  relu: (x) => Math.max(0, x),
  silu: (x) => x / (1 + Math.exp(-x)),
  geglu: exactGelu,
  "geglu-tanh": tanhGelu,
  swiglu: (x) => x / (1 + Math.exp(-x)),
};

const activations = Object.keys(oracle) as Activation[];
const optionsOf = (activation: Activation, biases: boolean) => ({
  ...{ width: 5, feedForward: 7, activation, biases },
  deviations: { up: 1, down: 1 },
});

function feedForwardInFloat64(parameters: Record<string, never>, x: Grid, activation: Activation): Grid {
  const activate = oracle[activation];
  const up = affineInFloat64(parameters.up!, x);
  const hidden = isGated(activation)
    ? elementwise((gate, linear) => activate(gate) * linear, affineInFloat64(parameters.gate!, x), up)
    : elementwise(activate, up);
  return affineInFloat64(parameters.down!, hidden);
}

describe.each(activations)("activation %s", (activation) => {
  test.each([true, false])("agrees with the formula in float64 (biases: %s)", (biases) => {
    const parameters = spreadParameters(feedForwardSpec(optionsOf(activation, biases)), 4);
    const x = tf.randomNormal([2, 3, 5], 0, 1.5, "float32", 8);
    const expected = feedForwardInFloat64(parameters as never, gridOf(x), activation);
    assertClose(activation, gridOf(feedForward(parameters, x, activation)), expected, 3e-5);
  });

  test("has a gradient for every parameter, equal to finite differences", () => {
    const parameters = spreadParameters(feedForwardSpec(optionsOf(activation, true)), 6);
    const x = tf.randomNormal([4, 5], 0, 1, "float32", 3);
    const inputs = { ...parameters, x };
    const { gradients, unreached } = valueAndGradients(
      () => tf.sum(tf.sin(feedForward(parameters, x, activation))),
      inputs,
    );
    expect(unreached).toEqual([]);
    const slope = gridOf(gradients.x as Tensor);
    const lossAt = (element: number, change: number) => {
      const moved = gridOf(x);
      moved.values[element]! += change;
      const output = feedForwardInFloat64(parameters as never, moved, activation);
      return output.values.reduce((sum, value) => sum + Math.sin(value), 0);
    };
    const step = 1e-6;
    const values = slope.values.map((_, at) => (lossAt(at, step) - lossAt(at, -step)) / (2 * step));
    assertClose(`${activation} gradient`, slope, { shape: slope.shape, values }, 1e-4);
    disposeTree(gradients);
  });
});

test("ReLU passes the gradient where it is positive and stops it where it is not", () => {
  const eye = () => ({ weight: tf.eye(3) });
  const parameters = { up: eye(), down: eye() };
  const x = tf.tensor2d([[-2, 0, 3]]);
  const { gradients } = valueAndGradients(() => tf.sum(feedForward(parameters, x, "relu")), { x });
  expect([...(gradients.x as Tensor).dataSync()]).toEqual([0, 0, 1]);
});

test("a gated activation has a third matrix, M·F more weights", () => {
  const shapes = (activation: Activation) =>
    Object.fromEntries(
      Object.entries(flattenSpecs(feedForwardSpec(optionsOf(activation, false)))).map(([name, { shape }]) => [
        name,
        shape,
      ]),
    );
  expect(shapes("gelu")).toEqual({ "up.weight": [5, 7], "down.weight": [7, 5] });
  expect(shapes("swiglu")).toEqual({ "up.weight": [5, 7], "gate.weight": [5, 7], "down.weight": [7, 5] });
  expect(activations.filter(isGated)).toEqual(["geglu", "geglu-tanh", "swiglu"]);
  const count = (activation: Activation) => countSpecs(feedForwardSpec(optionsOf(activation, true)));
  expect(count("geglu") - count("gelu")).toBe(5 * 7 + 7);
});
