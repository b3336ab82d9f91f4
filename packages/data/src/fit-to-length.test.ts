import { isTextPair, type TextPair } from "@trivium/features";
import { createByteTokenizer, createSharedPair } from "@trivium/text";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeExamples } from "./encode-examples.ts";
import { fitToLength } from "./fit-to-length.ts";
import { fittingLength } from "./fitting-length.ts";

const bytes = createSharedPair(createByteTokenizer());
const usual = Array.from({ length: 99 }, (_, at) => ({ source: `s${at}`, target: "t" }));
const long = { source: "ä".repeat(2998), target: "xy" };

test("one overlong pair is refused with its place, its length, the number of them and remedies", async () => {
  const locate = () => Promise.resolve("pairs.tsv:17");
  const refused = (isNew: boolean) => fitToLength([...usual, long], bytes, { length: 64, locate, isNew });
  await expect(refused(true)).rejects.toMatchObject({ code: "data/too-long", details: { got: 5999, tooLong: 1 } });
  await expect(refused(true)).rejects.toThrow(
    /^pairs\.tsv:17: the pair "ä+…" → "xy" takes 5999 positions, the model has 64; 1 of 100 are too long, the longest takes 5999; --too-long skip leaves them out, --too-long cut shortens them, --length 5999 takes all$/,
  );
  await expect(refused(false)).rejects.toThrow(/--too-long cut shortens them$/);
});

test("overlong pairs are left out or cut if asked, and counted", async () => {
  const examples = [...usual, long, { text: "any length ".repeat(100) }];
  const skipped = await fitToLength(examples, bytes, { length: 64, tooLong: "skip" });
  expect(skipped).toMatchObject({ tooLong: 1, longest: 5999 });
  expect(skipped.examples).toEqual(examples.filter((example) => example !== long));
  const cut = await fitToLength([long], bytes, { length: 64, tooLong: "cut" });
  expect(cut.examples).toEqual([{ source: "ä".repeat(30), target: "xy" }]);
  const both = await fitToLength([{ source: "a".repeat(99), target: "b".repeat(99) }], bytes, {
    length: 64,
    tooLong: "cut",
  });
  expect(both.examples).toEqual([{ source: "a".repeat(31), target: "b".repeat(32), references: ["b".repeat(99)] }]);
  await expect(fitToLength([long], bytes, { length: 64, tooLong: "skip" })).rejects.toMatchObject({
    code: "data/empty",
  });
});

test("cut pairs fit, are beginnings of what they were in whole characters, and keep their references", async () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }).filter((drawn) => drawn.trim() !== "");
  const pairs = fc.array(fc.record({ source: text, target: text }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(pairs, fc.integer({ min: 20, max: 60 }), async (drawn, length) => {
      const { examples } = await fitToLength([{ source: "a", target: "b" }, ...drawn], bytes, {
        length,
        tooLong: "cut",
      });
      encodeExamples(examples, bytes, { length });
      for (const pair of examples.filter(isTextPair)) {
        const whole = ({ source, target }: TextPair) =>
          source.startsWith(pair.source) && target.startsWith(pair.target);
        const [original] = [{ source: "a", target: "b" }, ...drawn].filter(whole);
        expect(original).toBeDefined();
        expect(pair.source.isWellFormed() && pair.target.isWellFormed()).toBe(true);
      }
    }),
  );
});

test("an outlier does not decide the length, and usual or short pairs do", () => {
  const of = (train: readonly TextPair[]) => fittingLength({ train, validation: [], test: [] }, bytes).length;
  expect(of([...usual, long])).toBe(16);
  expect(of(usual)).toBe(16);
  expect(of([...usual, { source: "a".repeat(110), target: "b" }])).toBe(120);
  expect(of([long])).toBe(6008);
  const even = Array.from({ length: 100 }, (_, at) => ({ source: "a".repeat(2 * at + 100), target: "b" }));
  expect(of(even)).toBe(312);
});
