import "@tensorflow/tfjs-backend-cpu";
import { blockwise } from "@trivium/attention";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { tf } from "@trivium/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { recomputedPositions } from "./recomputed-positions.ts";
import { arms, probedModel } from "./testing/probed-models.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

type Turns = readonly { prompt: number; reply: number }[];

/** The closed form: encoded positions and, of these, those of earlier turns. */
function expected(name: string, turns: Turns) {
  return turns.map(({ prompt, reply }, at) => {
    const past = turns.slice(0, at).reduce((sum, turn) => sum + turn.prompt + turn.reply, 0);
    const fresh = prompt + reply - (at === 0 ? 1 : 0);
    if (name === "causal") return { encoded: { tokens: fresh }, recomputed: 0 };
    const recomputed = Math.max(0, past - 1);
    if (name === "prefix") return { encoded: { tokens: past + prompt + reply - 1 }, recomputed };
    return { encoded: { source: past + prompt, target: reply }, recomputed };
  });
}

test.each(arms)("$name: prefill, decoding and caches encode what the closed form says", ({ name, architecture }) => {
  const probed = probedModel(architecture, { layers: 1, length: 64 });
  const length = fc.integer({ min: 1, max: 6 });
  const dialogue = fc.array(fc.record({ prompt: length, reply: length }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(dialogue, (turns) => {
      const before = tf.memory().numTensors;
      const found = recomputedPositions({ ...probed, turns });
      expect(tf.memory().numTensors).toBe(before);
      const all = expected(name, turns);
      expect(found.turns.map(({ reason: _, ...counts }) => counts)).toEqual(all);
      expect(found.recomputed).toBe(all.reduce((sum, { recomputed }) => sum + recomputed, 0));
    }),
    { numRuns: 12 },
  );
});

test("merged attention is counted as an encoder-decoder is", () => {
  const merged = probedModel(encoderDecoder, { crossAttention: "merged", layers: 2 });
  const { turns: counted } = recomputedPositions({ ...merged, turns });
  expect(counted.map(({ reason: _, ...counts }) => counts)).toEqual(expected("encoder-decoder", turns));
});

const turns = [
  { prompt: 5, reply: 3 },
  { prompt: 2, reply: 4 },
];

test("pitfall 13: a prefix that grows is refused by its cache, with the reason; causal goes on", () => {
  const reasons = [causal, prefix, encoderDecoder].map((architecture) =>
    recomputedPositions({ ...probedModel(architecture), turns }).turns.map(({ reason }) => reason),
  );
  expect(reasons[0]).toEqual([null, null]);
  for (const [first, second] of reasons.slice(1)) {
    expect(first).toBe(null);
    expect(second).toContain("the mask shows position 0, which is stored, the new position 7");
  }
});

test("stacks of different depth and another kernel change no count", () => {
  const deep = probedModel(encoderDecoder, { layers: { source: 3, target: 2 } });
  const found = recomputedPositions({ ...deep, turns, attention: blockwise() });
  expect(found.turns.map(({ encoded }) => encoded)).toEqual([
    { source: 5, target: 3 },
    { source: 10, target: 4 },
  ]);
  expect([found.encoded, found.recomputed]).toEqual([22, 7]);
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
});

test("turns without tokens are refused", () => {
  const probed = probedModel(causal);
  expect(() => recomputedPositions({ ...probed, turns: [] })).toThrow("got no turn");
  expect(() => recomputedPositions({ ...probed, turns: [{ prompt: 0, reply: 1 }] })).toThrow("a prompt of 0");
});
