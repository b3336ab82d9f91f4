import "@tensorflow/tfjs-backend-cpu";
import { tf } from "@trivium/tensor";
import { assertClose } from "@trivium/tensor/testing/cases";
import { beforeAll, expect, test } from "vitest";
import { affine, affineSpec, affines } from "./affine.ts";
import { affineInFloat64, gridOf } from "./testing/affine-in-float64.ts";
import { spreadParameters } from "./testing/spread-parameters.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

test.each([true, false])("maps the last axis, whatever the axes before it (bias: %s)", (bias) => {
  const parameters = spreadParameters(affineSpec({ input: 4, output: 3, bias, deviation: 1 }), 2);
  for (const shape of [[4], [2, 4], [2, 3, 4], [2, 1, 3, 4]]) {
    const x = tf.randomNormal(shape, 0, 1, "float32", 5);
    assertClose("affine", gridOf(affine(parameters, x)), affineInFloat64(parameters, gridOf(x)), 1e-5);
  }
});

test("several maps of one input are each of them, whether all have a bias, none has, or some have", () => {
  const spec = (bias: boolean, output: number) => affineSpec({ input: 4, output, bias, deviation: 1 });
  for (const biases of [[], [0, 1], [1]]) {
    const parameters = [3, 5].map((output, index) => spreadParameters(spec(biases.includes(index), output), 2 + index));
    for (const shape of [[4], [2, 3, 4]]) {
      const x = tf.randomNormal(shape, 0, 1, "float32", 5);
      affines(parameters, x).forEach((y, index) => {
        assertClose("affine", gridOf(y), affineInFloat64(parameters[index]!, gridOf(x)), 1e-5);
      });
    }
  }
});

test("has a bias only if it is asked for, starting at 0", () => {
  const options = { input: 4, output: 3, deviation: 0.5 };
  expect(affineSpec({ ...options, bias: false })).toEqual({ weight: { shape: [4, 3], initial: { deviation: 0.5 } } });
  expect(affineSpec({ ...options, bias: true }).bias).toEqual({ shape: [3], initial: { constant: 0 } });
});
