import { describeDataset } from "@trivium/data/testing";
import { isTextPair, type TextExample } from "@trivium/features";
import fc from "fast-check";
import { expect, test } from "vitest";
import { copy } from "./copy.ts";
import { reverse } from "./reverse.ts";

describeDataset("copy", () => copy());
describeDataset("reverse", () => reverse({ symbols: 3, length: 8, train: 300, testLengths: [6, 9] }));

const pairs = (part: readonly TextExample[]) => part.filter(isTextPair);
const lengths = (part: readonly TextExample[]) => pairs(part).map(({ source }) => source.split(" ").length);

const options = fc.record({
  seed: fc.integer(),
  symbols: fc.integer({ min: 5, max: 26 }),
  length: fc.integer({ min: 4, max: 12 }),
  train: fc.constant(50),
  validation: fc.constant(20),
  test: fc.constant(10),
});

test("a copy is its source, a reversal is it backwards, letter for letter", async () => {
  await fc.assert(
    fc.asyncProperty(options, async (some) => {
      const copied = await copy(some);
      const reversed = await reverse(some);
      for (const { source, target } of pairs([...copied.train, ...copied.validation, ...copied.test])) {
        expect(target).toBe(source);
      }
      for (const { source, target } of pairs([...reversed.train, ...reversed.validation, ...reversed.test])) {
        expect([...target].reverse().join("")).toBe(source);
        expect(source).toMatch(/^([a-z] )*[a-z]$/);
      }
    }),
    { numRuns: 20 },
  );
});

test("training has every length up to L, the test part L, 2L and 4L one after the other", async () => {
  const { train, test: held } = await copy({ length: 6, test: 40 });
  expect(new Set(lengths(train))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  expect(lengths(held)).toEqual([6, 12, 24].flatMap((length) => Array(40).fill(length)));
});

test("a length has the same test examples alone and among others, and training never changes", async () => {
  const chosen = { symbols: 3, length: 6, train: 500, validation: 50, test: 30 };
  const all = await copy({ ...chosen, testLengths: [6, 12] });
  const long = await copy({ ...chosen, testLengths: [12] });
  expect([long.train, long.validation]).toEqual([all.train, all.validation]);
  expect(long.test).toEqual(all.test.slice(30));
});

test("two seeds and two tasks draw different sequences", async () => {
  const [first, second] = [await copy(), await copy({ seed: 1 })];
  expect(pairs(first.train)[0]).not.toEqual(pairs(second.train)[0]);
});

test("more sequences than there are is refused with how many there are", async () => {
  // 2 + 4 + 8 sequences of 1 to 3 letters.
  await expect(copy({ symbols: 2, length: 3, train: 15 })).rejects.toThrow(
    "copy, train: 15 examples were asked for, but only 14 exist that are in no other part; ask for fewer",
  );
  const whole = await copy({ symbols: 2, length: 3, train: 14, validation: 0, testLengths: [4], test: 16 });
  expect([whole.train.length, whole.test.length]).toEqual([14, 16]);
  await expect(
    copy({ symbols: 2, length: 3, train: 10, validation: 2, testLengths: [3], test: 9 }),
  ).rejects.toMatchObject({ code: "tasks/too-few" });
});

test.each([
  [{ symbols: 27 }, "symbols: "],
  [{ testLengths: [4, 4] }, "testLengths: each may be given once"],
  [{ testLengths: [] }, "testLengths: "],
  [{ lenght: 3 }, "lenght"],
])("%j is refused", async (wrong, message) => {
  await expect(copy(wrong as never)).rejects.toMatchObject({
    code: "tasks/options",
    message: expect.stringContaining(message),
  });
});
