import { createRandom } from "@trivium/core";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { createByteTokenizer, createSharedPair, hasSpecial, reservedSpecials } from "@trivium/text";
import { bartLike, gpt2Like, t5Like } from "@trivium/text/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeExamples, exampleLength } from "./encode-examples.ts";
import { windows } from "./windows.ts";

const bytes = createSharedPair(createByteTokenizer());

test("windows predict every token but the first exactly once, and none is too long or has nothing to predict", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 100 }), fc.integer({ min: 2, max: 20 }), (tokens, length) => {
      const found = windows(tokens, length);
      expect(found.flatMap((window) => window.slice(1))).toEqual(tokens.slice(1));
      for (const window of found) expect(window.length >= 2 && window.length <= length).toBe(true);
      for (const [at, window] of found.entries()) if (at > 0) expect(window[0]).toBe(found[at - 1]?.at(-1));
    }),
  );
});

test("pairs and texts are encoded in their order", () => {
  const examples = [{ source: "a", target: "bc" }, { text: "defg" }];
  expect(encodeExamples(examples, bytes, { length: 4 })).toEqual([
    { source: [102], target: [103, 104] },
    { tokens: [105, 106, 107, 108], ends: true },
  ]);
  expect(encodeExamples(examples, bytes).map((example) => exampleLength(example, bytes.special))).toEqual([4, 4]);
});

test("every example of ids has the task of its text", () => {
  const tasked = [
    { source: "a", target: "b", task: "sort" },
    { text: "abcdef", task: "copy" },
  ];
  expect(encodeExamples(tasked, bytes, { length: 5 }).map(({ task }) => task)).toEqual(["sort", "copy", "copy"]);
  expect("task" in (encodeExamples([{ text: "ab" }], bytes)[0] as object)).toBe(false);
});

test("a text of very many windows is encoded like a short one", () => {
  const texts = ["ab".repeat(150_000), "ab"].map((text) => ({ text, continues: true }));
  expect(encodeExamples(texts, bytes, { length: 2 })).toHaveLength(299_999 + 1);
});

test("the last window of a whole document ends, no other does, and no window of a text that continues", () => {
  const ends = (text: string, continues?: boolean) =>
    encodeExamples([{ text, continues }], bytes, { length: 4 }).map((example) => "ends" in example);
  expect(ends("abcd")).toEqual([true]);
  expect(ends("abcdefgh")).toEqual([false, false, true]);
  expect(ends("é".repeat(4))).toEqual([false, false, true]);
  expect(ends("abcdefgh", true)).toEqual([false, false, false]);
  expect(encodeExamples([{ text: "a" }], bytes)).toEqual([{ tokens: [102], ends: true }]);
});

test("a document, what frames it and its end fit the model in every layout, whatever the vocabulary", () => {
  const objectives: readonly Objective[] = [causalLm(), prefixLm(), seq2seq()];
  const vocabularies = [reservedSpecials(), gpt2Like("ab").special, t5Like("ab").special, bartLike("ab").special];
  const room = fc.integer({ min: 4, max: 12 });
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }),
      room,
      fc.constantFrom(...vocabularies),
      fc.nat(),
      (text, length, special, seed) => {
        for (const example of encodeExamples([{ text }], { ...bytes, special }, { length })) {
          for (const objective of objectives) {
            if (objective.needs?.some((need) => !hasSpecial(special, need))) continue;
            const { streams, targets } = objective.features(example, { special, random: createRandom(seed) });
            for (const ids of Object.values(streams)) expect(ids.length).toBeLessThanOrEqual(length);
            expect(special.end.includes(targets.at(-1) as number)).toBe("ends" in example);
          }
        }
      },
    ),
  );
});

test("a pair that is longer than the model is refused with its text and both lengths", () => {
  expect(() => encodeExamples([{ source: "abc", target: "de" }], bytes, { length: 5 })).toThrow(
    'the pair "abc" → "de" takes 6 positions, the model has 5; give it a greater length or leave the pair out',
  );
});

test("texts with nothing to predict and impossible lengths are refused", () => {
  expect(() => encodeExamples([{ text: "a", continues: true }, { text: "" }], bytes)).toThrow("nothing to predict");
  expect(() => encodeExamples([], bytes, { length: 1 })).toThrow("a length is a whole number from 2, got 1");
  expect(encodeExamples([], bytes)).toEqual([]);
});
