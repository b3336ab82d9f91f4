import { createRandom } from "@trivium/core";
import { createRegistry } from "@trivium/registry";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createAnswerText } from "./answer-text.ts";
import {
  beam,
  contrastive,
  generatePlugins,
  greedy,
  lengthBeam,
  minP,
  sample,
  stopStrings,
  temperature,
  topK,
  topP,
} from "./index.ts";
import { describeStrategy } from "./testing.ts";

describeStrategy("greedy", { create: greedy });
describeStrategy("sample", { create: () => sample({ temperature: 1.5 }) });
describeStrategy("sample, cut", { create: () => sample({ temperature: 0.7, topK: 4, topP: 0.9, minP: 0.05 }) });
describeStrategy("beam", { create: () => beam({ beam: 3 }) });
describeStrategy("length-beam", { create: () => lengthBeam({ beam: 3 }) });
describeStrategy("contrastive", { create: () => contrastive({ candidates: 3 }) });
describeStrategy("a beam of one", { create: () => beam({ beam: 1, lengthPenalty: 0 }) });

/** Probabilities of ids 0 to 4. */
const probabilities = [0.5, 0.25, 0.15, 0.07, 0.03];
const logits = () => Float32Array.from(probabilities, Math.log);
const left = (processor: { create(): { apply(values: Float32Array): void } }): number[] => {
  const values = logits();
  processor.create().apply(values);
  return [...values.keys()].filter((id) => values[id]! > -Infinity);
};

test("top-k, top-p and min-p leave the tokens that their papers leave", () => {
  expect(left(topK({ k: 2 }))).toEqual([0, 1]);
  expect(left(topK({ k: 9 }))).toEqual([0, 1, 2, 3, 4]);
  expect(left(topP({ p: 0.5 }))).toEqual([0]);
  expect(left(topP({ p: 0.6 }))).toEqual([0, 1]);
  expect(left(topP({ p: 1 }))).toEqual([0, 1, 2, 3, 4]);
  expect(left(minP({ p: 0.29 }))).toEqual([0, 1, 2]);
  expect(left(minP({ p: 0 }))).toEqual([0, 1, 2, 3, 4]);
});

test("draws are as frequent as the distribution says", () => {
  const counts = (options: Parameters<typeof sample>[0]): number[] => {
    const { processors = [], ...strategy } = sample(options);
    const search = strategy.start({ vocabulary: 5, room: 9, ends: [], random: createRandom(1) });
    const scores = logits();
    for (const { create } of processors) create({ index: 0, sample: 0, prompt: [], ends: [], room: 9 }).apply(scores);
    const drawn = [0, 0, 0, 0, 0];
    for (let draw = 0; draw < 20_000; draw++) drawn[search.advance([scores]).ids[0]!]! += 1;
    return drawn.map((count) => count / 20_000);
  };
  for (const [id, share] of counts({}).entries()) expect(Math.abs(share - probabilities[id]!)).toBeLessThan(0.015);
  const squares = probabilities.map((one) => one ** 2);
  const total = squares.reduce((sum, one) => sum + one);
  for (const [id, share] of counts({ temperature: 0.5 }).entries())
    expect(Math.abs(share - squares[id]! / total)).toBeLessThan(0.015);
  expect(counts({ topK: 1 })).toEqual([1, 0, 0, 0, 0]);
});

test.each([
  [
    () => temperature({ temperature: 0 }),
    "temperature is a positive number, got 0; for the most probable token use greedy()",
  ],
  [() => topK({ k: 0 }), "topK is a positive integer, got 0"],
  [() => topP({ p: 0 }), "topP is above 0 and at most 1, got 0"],
  [() => minP({ p: 2 }), "minP is from 0 to 1, got 2"],
  [() => stopStrings({ strings: [""] }), "have a character or more"],
])("wrong options are refused", (create, message) => {
  expect(create).toThrow(message);
});

const pieces = ["a", "é", "漢", "😀", "E", "EN", "N", "D", "!", "\uFFFD", " ", "👩‍🚀"];
const decoder = new TextDecoder();

/** A text as tokens that are any cuts of its bytes, and what spells their ids. */
const cutText = fc
  .tuple(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), fc.infiniteStream(fc.integer({ min: 1, max: 5 })))
  .map(([parts, sizes]) => {
    const bytes = new TextEncoder().encode(parts.join(""));
    const tokens: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + (sizes.next().value ?? 1);
      tokens.push(bytes.subarray(at, end));
      at = end;
    }
    const spell = (ids: readonly number[]) => decoder.decode(Buffer.concat(ids.map((id) => tokens[id]!)));
    return { ids: [...tokens.keys()], spell };
  });

test("text comes in whole characters however tokens cut it, and what a stop string may take back is held", () => {
  const rule = stopStrings({ strings: ["END", "é!", "漢😀é", "😀漢"] });
  fc.assert(
    fc.property(cutText, ({ ids, spell }) => {
      const text = createAnswerText(spell, [rule]);
      const whole = spell(ids);
      const kept = rule.check({ ids, text: whole })?.kept ?? whole.length;
      let shown = "";
      for (let end = 1; end <= ids.length; end++) {
        const spelled = text.of(ids.slice(0, end));
        expect(spelled).toBe(spell(ids.slice(0, end)));
        const stop = rule.check({ ids: ids.slice(0, end), text: spelled });
        shown += stop ? text.rest(spelled.slice(0, stop.kept)) : text.next(spelled);
        expect(whole.slice(0, kept).startsWith(shown)).toBe(true);
        expect(shown.isWellFormed()).toBe(true);
        if (stop) break;
      }
      if (kept === whole.length) shown += text.rest(whole);
      expect(shown).toBe(whole.slice(0, kept));
    }),
    { seed: 3, numRuns: 300 },
  );
});

test("an answer is spelled in parts: no token is spelled over and over, and spaces between words stay", () => {
  const ids = Array.from({ length: 500 }, (_, at) => at);
  let spelled = 0;
  const text = createAnswerText((of) => {
    spelled += of.length;
    return of.map((id) => `w${id}`).join(" ");
  }, []);
  let shown = "";
  for (let end = 1; end <= ids.length; end++) shown += text.next(text.of(ids.slice(0, end)));
  expect(shown).toBe(ids.map((id) => `w${id}`).join(" "));
  expect(spelled / ids.length).toBeLessThan(32);
});

test("a tokenizer that takes back what it spelled spells all of an answer again", () => {
  // The last word is written large, and small when another one follows.
  const spell = (of: readonly number[]) => of.map((id, at) => (at === of.length - 1 ? `W${id}` : `w${id}`)).join(" ");
  const text = createAnswerText(spell, []);
  for (let end = 1; end < 60; end++) {
    const ids = Array.from({ length: end }, (_, at) => at);
    expect(text.of(ids)).toBe(spell(ids));
  }
});

test("a registry makes each of them by name", () => {
  const registry = createRegistry(generatePlugins);
  expect(registry.create("strategy", "beam", { beam: 4 }).rows).toBe(4);
  expect(registry.create("logits-processor", "top-k", { k: 1 }).name).toBe("top-k");
  expect(registry.create("stop-rule", "length", { tokens: 3 }).check?.({ ids: [1, 2, 3], text: "" })).toEqual({
    reason: "length",
  });
  expect(() => registry.create("strategy", "sample", { topK: 0 })).toThrow();
});
