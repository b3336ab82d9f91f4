import "@tensorflow/tfjs-backend-cpu";
import { blockwise } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { causal as causalMask, full } from "@trivium/masks";
import { type Architecture, createModel } from "@trivium/model";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { perturbationInfluence } from "./perturbation-influence.ts";
import { arms, probedModel } from "./testing/probed-models.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const example = { source: [5, 9, 7, 7, 12], target: [6, 11, 8] };
const measure = (architecture: Architecture, objective: Objective, layers: number | Record<string, number> = 3) =>
  perturbationInfluence({ ...probedModel(architecture, { layers }), objective, example });

test.each(arms)("$name: what may see a source token moves at every layer from the first, the rest by no bit", (arm) => {
  const { name, architecture, objective } = arm;
  const { source, target, backwards } = measure(architecture, objective);
  expect(source.maximum).toHaveLength(4);
  source.maximum.forEach((matrix, layer) => {
    matrix.forEach((row, i) => {
      row.forEach((moved, j) => {
        if (i === j || (layer > 0 && (name !== "causal" || i > j))) expect(moved).toBeGreaterThan(0);
        else expect(moved).toBe(0);
        expect(source.distance[layer]?.[i]?.[j]).toBeGreaterThanOrEqual(moved);
      });
    });
    const { least, largest } = backwards[layer] as { least: number; largest: number };
    if (layer === 0 || name === "causal") expect([least, largest]).toEqual([0, 0]);
    else expect(least).toBeGreaterThan(0);
  });
  expect(target.maximum[0]?.flat()).toEqual(new Array(15).fill(0));
  for (const matrix of target.maximum.slice(1)) expect(Math.min(...matrix.flat())).toBeGreaterThan(0);
  expect(JSON.parse(JSON.stringify(measure(architecture, objective)))).toEqual({ source, target, backwards });
});

test("a fresh model shows the same, and the blockwise kernel too", () => {
  for (const { architecture, objective } of arms) {
    const config = { vocabulary: 19, length: 16, width: 8, layers: 1, heads: 2 };
    const model = createModel({ architecture, config, attention: blockwise({ blockQueries: 2, blockKeys: 3 }) });
    const parameters = model.createParameters(createRandom(4));
    const { least, largest } = perturbationInfluence({ model, parameters, objective, example }).backwards[1]!;
    expect([least > 0, largest > 0]).toEqual(architecture.name === "causal" ? [false, false] : [true, true]);
  }
});

test("stacks of different depth have a matrix for each of their own layers", () => {
  const { source, target } = measure(encoderDecoder, seq2seq(), { source: 1, target: 3 });
  expect([source.maximum.length, target.maximum.length]).toEqual([2, 4]);
});

test("pitfall 8: an encoder whose all-true mask was elided to causal is seen to be blind", () => {
  const elided: Architecture = {
    ...encoderDecoder,
    selfMask: { source: () => causalMask(), target: () => causalMask() },
    crossMask: () => full(),
  };
  expect(measure(elided, seq2seq()).backwards.map(({ largest }) => largest)).toEqual([0, 0, 0, 0]);
});

test("no tensor is left behind", () => {
  const probed = probedModel(prefix);
  const before = tf.memory().numTensors;
  perturbationInfluence({ ...probed, objective: prefixLm(), example });
  expect(tf.memory().numTensors).toBe(before);
});

test("an objective that hides the source is refused", () => {
  const hiding: Objective = {
    ...prefixLm(),
    features: (given, context) => prefixLm().features({ ...given, source: [4, 4, 4, 4, 4] }, context),
  };
  expect(() => measure(prefix, hiding)).toThrow("source token 0 should stand in one place of the model's input");
});
