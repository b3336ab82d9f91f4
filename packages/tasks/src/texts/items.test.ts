import { isTextPair } from "@trivium/features";
import fc from "fast-check";
import { expect, test } from "vitest";
import { choiceItems } from "./choice-items.ts";
import { clozeItems } from "./cloze-items.ts";
import { mobyDick } from "./moby-dick.ts";

const { train, test: held } = await mobyDick();
const heldTexts = held.map((example) => (isTextPair(example) ? "" : example.text));
const stands = (text: string) => heldTexts.some((one) => one.includes(text));
const wordCount = (text: string) => text.trim().split(/\s+/).length;

test("a choice item continues a held-out text truly once, with others of the same length from elsewhere in it", () => {
  const options = fc.record({
    seed: fc.integer(),
    count: fc.integer({ min: 1, max: 40 }),
    choices: fc.integer({ min: 2, max: 6 }),
    contextWords: fc.integer({ min: 4, max: 60 }),
    continuationWords: fc.integer({ min: 2, max: 8 }),
  });
  fc.assert(
    fc.property(options, (some) => {
      const items = choiceItems(held, some);
      expect(items).toHaveLength(some.count);
      for (const { context, choices, answer } of items) {
        expect(choices).toHaveLength(some.choices);
        expect(choices.map((choice) => stands(context + choice))).toEqual(choices.map((_, at) => at === answer));
        expect(choices.every(stands)).toBe(true);
        expect(new Set(choices).size).toBe(some.choices);
        expect(new Set(choices.map((choice) => new TextEncoder().encode(choice).length)).size).toBe(1);
        expect(choices.map(wordCount)).toEqual(choices.map(() => some.continuationWords));
        expect(wordCount(context)).toBe(some.contextWords);
        expect(choices.every((choice) => /^ \S[^\n]*$/.test(choice))).toBe(true);
      }
    }),
    { numRuns: 15 },
  );
});

test("true continuations do not overlap, and stand at every place about as often", () => {
  const items = choiceItems(held, { count: 800 });
  expect(new Set(items.map(({ context }) => context)).size).toBe(800);
  for (const place of [0, 1, 2, 3]) {
    expect(Math.abs(items.filter(({ answer }) => answer === place).length - 200)).toBeLessThan(60);
  }
});

test("a cloze item ends with the last word of a sentence of a held-out text", () => {
  const items = clozeItems(held, { count: 300, contextWords: 20 });
  for (const { context, target } of items) {
    expect(target).toMatch(/^ [a-z'’-]+$/);
    expect([".", "!", "?"].some((stop) => stands(context + target + stop))).toBe(true);
    expect(wordCount(context)).toBe(20);
  }
});

test("the same seed gives the same items, another seed others", () => {
  for (const make of [choiceItems, clozeItems]) {
    expect(make(held)).toEqual(make(held));
    expect(make(held)).not.toEqual(make(held, { seed: 1 }));
    expect(make(train, { count: 10 })).not.toEqual(make(held, { count: 10 }));
  }
});

test("more items than there are, pairs, and wrong options are refused", () => {
  const short = [{ text: "He came, he saw, he won. Mr. Smith went home. And so on." }];
  expect(
    clozeItems(short, { count: 3, contextWords: 2 })
      .map(({ target }) => target)
      .sort(),
  ).toEqual([" home", " on", " won"]);
  expect(() => clozeItems(short, { count: 4, contextWords: 2 })).toThrow("4 were asked for, but only 3 exist");
  expect(() => choiceItems(short, { count: 4 })).toThrow("choice items: 4 were asked for, but only 0 exist");
  expect(() => choiceItems([{ source: "a", target: "b" }])).toThrow("give a dataset of texts");
  expect(() => choiceItems(held, { choices: 1 })).toThrow("choice items: choices: ");
});
