import { fused } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { toPackedBatch } from "@trivium/features";
import { createModel, type ModelOptions } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, prefixLm, seq2seq } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { attentionOnSource } from "./attention-on-source.ts";
import { leakAnalysis } from "./leak-analysis.ts";
import { perturbationInfluence } from "./perturbation-influence.ts";

const simd = createSimdBackend({ name: "simd-probes", poison: true, threads: 2 });
beforeAll(async () => void (await simd.activate()));

const arms = [
  { architecture: causal, objective: causalLm({ loss: "target" }) },
  { architecture: prefix, objective: prefixLm() },
  { architecture: encoderDecoder, objective: seq2seq() },
];
const families: Readonly<Record<string, Partial<ModelOptions>>> = {
  "GPT-2 style": {},
  "T5 style": { positions: { kind: "t5", buckets: 4 }, norm: "rms", activation: "geglu-tanh", biases: false },
  "Llama style": { positions: "rotary", norm: "rms", activation: "swiglu", keyValueHeads: 1, head: { tied: false } },
  "BART style": { norm: { placement: "post" }, positions: "sinusoidal", scaleEmbeddings: true },
};
const cases = arms.flatMap((arm) =>
  Object.entries(families).map(([family, config]) => ({ name: arm.architecture.name, family, config, ...arm })),
);
const examples = [
  { source: [5, 9, 7, 12, 4, 6, 8], target: [6, 11, 8, 10] },
  { source: [12, 4], target: [10, 5] },
];

function parts({ architecture, config }: { architecture: (typeof arms)[number]["architecture"]; config: object }) {
  const sizes = { vocabulary: 19, length: 32, width: 16, layers: 2, heads: 2 };
  const model = createModel({ architecture, config: { ...sizes, ...config }, attention: fused() });
  return { model, parameters: model.createParameters(createRandom(2)) };
}

test.each(cases)("fused attention passes the probes: $name, $family", (arm) => {
  const probed = { ...parts(arm), objective: arm.objective };
  const before = tf.memory().numTensors;
  const [example] = examples as [(typeof examples)[number]];
  const { backwards } = perturbationInfluence({ ...probed, example });
  expect(backwards[0]).toEqual({ least: 0, largest: 0 });
  for (const { least, largest } of backwards.slice(1)) {
    if (arm.name === "causal") expect(largest).toBe(0);
    else expect(least).toBeGreaterThan(0);
  }
  const { measured, byMasks } = leakAnalysis({ ...probed, examples });
  expect([measured, byMasks]).toEqual([[], []]);
  const packed = leakAnalysis({
    ...probed,
    examples,
    collate: (rows) => toPackedBatch(rows, { pad: 0, length: 24, multipleOf: 5 }),
  });
  expect(packed.clean).toBe(true);
  const { mass } = attentionOnSource({ ...probed, example, attention: fused() });
  for (const share of mass.flat(2)) {
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThanOrEqual(1 + 1e-6);
  }
  expect(tf.memory().numTensors).toBe(before);
});

test("a prefix over the whole row is flagged under fused attention", () => {
  const { model, parameters } = parts({ architecture: causal, config: {} });
  const open = { ...prefix, selfMask: () => prefix.selfMask({ prefixLengths: 32 }) };
  const twin = createModel({ architecture: open, config: model.config, attention: fused() });
  const { counts } = leakAnalysis({ model: twin, parameters, objective: causalLm(), examples });
  expect(counts.label).toBeGreaterThan(0);
  expect(counts.future).toBeGreaterThan(0);
});
