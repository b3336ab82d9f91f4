import { logitsOf } from "./logits-of.ts";
import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { causal, full } from "@trivium/masks";
import { type Tensor3D, tf, valueAndGradients } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import type { Architecture } from "./architecture.ts";
import { createModel } from "./create-model.ts";
import { sampleInput, tinyConfig } from "./testing.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const architecture: Architecture = {
  name: "two streams",
  streams: ["source", "target"],
  reads: { source: "all", target: "past" },
  selfMask: { source: () => full(), target: () => causal() },
  crossMask: () => full(),
};
const config = { ...tinyConfig, layers: { source: 1, target: 2 }, head: { tied: false } };
const model = createModel({ architecture, config, attention: reference() });
const parameters = () => model.createParameters(createRandom(3));
const input = sampleInput(architecture, { rows: [{ length: 4, prefixLength: 0 }] });

test("states are seen stream by stream before the first layer and after each, and looking changes no bit", () => {
  const tree = parameters();
  const seen: string[] = [];
  const before = tf.memory().numTensors;
  const [plain, watched] = [{}, { recompute: true }].map((options) =>
    tf.tidy(() =>
      logitsOf(model, tree, input, {
        ...options,
        onStates({ stream, layer, states }) {
          seen.push(`${stream} ${layer} [${states.shape}]`);
          return undefined;
        },
      }).dataSync(),
    ),
  );
  const unseen = tf.tidy(() => logitsOf(model, tree, input).dataSync());
  const places = ["source 0", "source 1", "target 0", "target 1", "target 2"].map((place) => `${place} [1,4,8]`);
  expect(seen).toEqual([...places, ...places]);
  expect([plain, watched]).toEqual([unseen, unseen]);
  expect(tf.memory().numTensors).toBe(before);
});

test("a pass goes on with the states that it is given: gradients with respect to them equal finite differences", () => {
  const tree = parameters();
  const random = createRandom(5);
  const direction = tf.tensor3d(
    Array.from({ length: 32 }, () => random.normal()),
    [1, 4, 8],
  );
  const lossAt = (added: Tensor3D) =>
    tf.sum(
      tf.sin(
        logitsOf(model, tree, input, {
          onStates: ({ stream, layer, states }) =>
            stream === "source" && layer === 1 ? (tf.add(states, added) as Tensor3D) : undefined,
        }),
      ),
    );
  const slope = tf.tidy(() => {
    const added = tf.zeros([1, 4, 8]) as Tensor3D;
    const { gradients } = valueAndGradients(() => lossAt(added), { added });
    return tf.sum(tf.mul(gradients.added as Tensor3D, direction)).dataSync()[0] as number;
  });
  const at = (step: number) => tf.tidy(() => lossAt(tf.mul(direction, step)).dataSync()[0] as number);
  expect(Math.abs(slope)).toBeGreaterThan(0.05);
  expect((at(3e-3) - at(-3e-3)) / 6e-3 / slope).toBeCloseTo(1, 2);
});
