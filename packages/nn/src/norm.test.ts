import "@tensorflow/tfjs-backend-cpu";
import { type Tensor, tf } from "@trivium/tensor";
import { assertClose, at, mapRows, total } from "@trivium/tensor/testing/cases";
import { beforeAll, expect, test } from "vitest";
import { type NormKind, norm, normSpec } from "./norm.ts";
import { gridOf } from "./testing/affine-in-float64.ts";
import { spreadParameters } from "./testing/spread-parameters.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const width = 6;

test.each([
  ["layer", 1e-5],
  ["rms", 1e-6],
  ["rms", 0.5],
] as const)("%s normalisation with epsilon %d agrees with the formula in float64", (kind, epsilon) => {
  const parameters = spreadParameters(normSpec({ kind }, width), 3);
  const gain = gridOf(parameters.gain as Tensor);
  const x = tf.randomNormal([2, 3, width], 4, 2, "float32", 6);
  const expected = mapRows(gridOf(x), (row) => {
    const mean = kind === "layer" ? total(row) / width : 0;
    const meanSquare = total(row.map((value) => (value - mean) ** 2)) / width;
    const bias = (channel: number) => (kind === "layer" ? at(gridOf(parameters.bias as Tensor), [channel]) : 0);
    return row.map(
      (value, channel) => ((value - mean) / Math.sqrt(meanSquare + epsilon)) * at(gain, [channel]) + bias(channel),
    );
  });
  assertClose(kind, gridOf(norm(parameters, x, { kind, epsilon })), expected, 2e-5);
});

test("layer normalisation forgets the mean of a row, the root mean square does not", () => {
  const difference = (kind: NormKind) => {
    const parameters = { gain: tf.ones([width]), ...(kind === "layer" ? { bias: tf.zeros([width]) } : {}) };
    const x = tf.randomNormal([1, width], 0, 1, "float32", 2);
    return tf
      .max(
        tf.abs(
          tf.sub(norm(parameters, x, { kind, epsilon: 1e-5 }), norm(parameters, tf.add(x, 3), { kind, epsilon: 1e-5 })),
        ),
      )
      .dataSync()[0];
  };
  expect(difference("layer")).toBeLessThan(1e-5);
  expect(difference("rms")).toBeGreaterThan(0.1);
});

test("pitfall 21: a root mean square norm has a gain and no bias", () => {
  expect(normSpec({ kind: "rms" }, 3)).toEqual({ gain: { shape: [3], initial: { constant: 1 } } });
  expect(normSpec({ kind: "layer" }, 3)).toEqual({
    gain: { shape: [3], initial: { constant: 1 } },
    bias: { shape: [3], initial: { constant: 0 } },
  });
});

test("a gain with unit offset is 1 plus its parameter, which starts at 0", () => {
  const parameters = spreadParameters(normSpec({ kind: "rms", unitOffset: true }, width), 3);
  const x = tf.randomNormal([2, width], 0, 1, "float32", 6);
  const shifted = { gain: tf.add(parameters.gain as Tensor, 1) };
  const options = { kind: "rms", epsilon: 1e-6 } as const;
  const expected = gridOf(norm(shifted, x, options));
  assertClose("unit offset", gridOf(norm(parameters, x, { ...options, unitOffset: true })), expected, 1e-6);
  expect(normSpec({ kind: "rms", unitOffset: true }, 3)).toEqual({ gain: { shape: [3], initial: { constant: 0 } } });
});
