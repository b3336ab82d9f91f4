import "@tensorflow/tfjs-backend-cpu";
import { blockwise } from "@trivium/attention";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { causalLm, seq2seq } from "@trivium/objectives";
import { mapTree, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { attentionOnSource } from "./attention-on-source.ts";
import { arms, type Probed, probedModel } from "./testing/probed-models.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const example = { source: [5, 9, 7, 7], target: [6, 11] };
const gold = [[0], [1, 3], []];

/** With queries that are zero every visible key has the same weight. */
const uniform = ({ model, parameters }: Probed): Probed => ({
  model,
  parameters: mapTree(parameters, (leaf, path) => (path.includes("query") ? tf.zerosLike(leaf) : leaf.clone())),
});

test.each(arms)("$name: uniform attention has the mass that counting gives, and entropy 1", (arm) => {
  const { architecture, objective } = arm;
  const found = attentionOnSource({ ...uniform(probedModel(architecture, { layers: 3 })), objective, example, gold });
  const crossing = architecture.crossMask !== undefined;
  expect([found.over, found.steps, found.mass.length]).toEqual([crossing ? "cross" : "self", 3, 3]);
  for (let layer = 0; layer < 3; layer++) {
    for (let head = 0; head < 2; head++) {
      // Source and end of sequence; or source, separator and the target so far.
      const visible = [5, crossing ? 5 : 6, crossing ? 5 : 7];
      visible.forEach((count, step) => {
        expect(found.mass[layer]?.[head]?.[step]).toBeCloseTo(4 / count, 6);
        expect(found.entropy[layer]?.[head]?.[step]).toBeCloseTo(1, 6);
        expect(found.gold[layer]?.[head]?.[step]).toBeCloseTo((gold[step] as number[]).length / count, 6);
      });
    }
  }
});

test("merged attention is self-attention on the source, then on the target so far", () => {
  const probed = uniform(probedModel(encoderDecoder, { crossAttention: "merged" }));
  const { over, mass } = attentionOnSource({ ...probed, objective: seq2seq(), example });
  expect(over).toBe("self");
  for (const steps of mass.flat())
    for (const [step, value] of steps.entries()) expect(value).toBeCloseTo(4 / (6 + step), 6);
});

test("a key that outweighs all others takes the mass, and entropy falls to 0", () => {
  const probed = probedModel(encoderDecoder, { layers: 1, biases: false });
  const loud = mapTree(probed.parameters, (leaf, path) => tf.mul(leaf, /cross.*query/.test(path) ? 1e4 : 1));
  const { entropy, mass } = attentionOnSource({ ...probed, parameters: loud, objective: seq2seq(), example });
  for (const [head, steps] of (entropy[0] as number[][]).entries()) {
    for (const [step, value] of steps.entries()) {
      expect(value).toBeLessThan(0.51);
      expect([0, 1]).toContain(Math.round((mass[0]?.[head]?.[step] as number) * 1e3) / 1e3);
    }
  }
});

test("another kernel shows the same weights, plain numbers come out, and no tensor is left behind", () => {
  const probed = probedModel(causal);
  const request = { ...probed, objective: causalLm(), example };
  const before = tf.memory().numTensors;
  const found = attentionOnSource(request);
  expect(tf.memory().numTensors).toBe(before);
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  const other = attentionOnSource({ ...request, attention: blockwise({ blockKeys: 3 }) });
  found.mass.flat(2).forEach((mass, at) => {
    expect(other.mass.flat(2)[at]).toBeCloseTo(mass, 5);
  });
  expect(found.gold).toEqual([]);
});

test("gold that does not fit the steps is refused", () => {
  const request = { ...probedModel(causal), objective: causalLm(), example, gold: [[0]] };
  expect(() => attentionOnSource(request)).toThrow("gold should name source tokens for each of 3 steps, got 1 lists");
});
