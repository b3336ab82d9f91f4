import { describeDataset } from "@trivium/data/testing";
import { isTextPair, type TextExample } from "@trivium/features";
import fc from "fast-check";
import { expect, test } from "vitest";
import { keyValueRecall } from "./key-value-recall.ts";

describeDataset("key-value-recall", () => keyValueRecall());

const pairs = (part: readonly TextExample[]) => part.filter(isTextPair);

/** Reads a source by its marks alone. */
function read(source: string): { context: string; asked: string } {
  const [, asked, context] = /^\? (k\d+) (.*)$/.exec(source) ?? [];
  if (asked !== undefined && context !== undefined) return { asked, context };
  const [, before, last] = /^(.*) \? (k\d+)$/.exec(source)!;
  return { asked: last!, context: before! };
}

test("the target is what stands behind the asked key in the context, and no key stands there twice", async () => {
  const options = fc.record({
    seed: fc.integer(),
    question: fc.constantFrom("first" as const, "last" as const),
    pairs: fc.integer({ min: 2, max: 6 }),
    keys: fc.integer({ min: 8, max: 20 }),
    values: fc.integer({ min: 8, max: 20 }),
    train: fc.constant(60),
    validation: fc.constant(10),
    test: fc.constant(10),
    testPairs: fc.constant([1, 8]),
  });
  await fc.assert(
    fc.asyncProperty(options, async (some) => {
      const { train, validation, test: held } = await keyValueRecall(some);
      for (const { source, target } of pairs([...train, ...validation, ...held])) {
        const { context, asked } = read(source);
        const table = new Map([...context.matchAll(/(k\d+) (v\d+)/g)].map(([, key, value]) => [key, value]));
        expect(table.get(asked)).toBe(target);
        expect(table.size * 2).toBe(context.split(" ").length);
      }
    }),
    { numRuns: 30 },
  );
});

test("both places of the question have the same contexts, questions and answers in the same order", async () => {
  const [first, last] = [await keyValueRecall({ question: "first" }), await keyValueRecall({ question: "last" })];
  for (const part of ["train", "validation", "test"] as const) {
    const both = [pairs(first[part]), pairs(last[part])].map((some) =>
      some.map(({ source, target }) => ({ ...read(source), target })),
    );
    expect(both[0]).toEqual(both[1]);
  }
  expect(pairs(first.test)[0]?.source).toMatch(/^\? /);
  expect(pairs(last.test)[0]?.source).toMatch(/ \? k\d+$/);
});

test("asked for several keys, the target has their values in the order of the questions; test contexts ask for one", async () => {
  for (const question of ["first", "last"] as const) {
    const some = { question, pairs: 4, fewestPairs: 1, questions: 3, train: 400, test: 50 };
    const { train, test: held } = await keyValueRecall(some);
    const asked = pairs(train).map(({ source, target }) => {
      const [, keys] = /\?((?: k\d+)+?)(?= k\d+ v|$)/.exec(source)!;
      const names = keys!.trim().split(" ");
      const table = new Map([...source.matchAll(/(k\d+) (v\d+)/g)].map(([, key, value]) => [key, value]));
      expect(names.map((name) => table.get(name)).join(" ")).toBe(target);
      expect(new Set(names).size).toBe(names.length);
      return names.length;
    });
    expect(new Set(asked)).toEqual(new Set([1, 2, 3]));
    expect(pairs(held).every(({ target }) => !target.includes(" "))).toBe(true);
  }
});

test("training has the range of sizes, the test part each size that was asked for, longer ones too", async () => {
  const size = ({ source }: { source: string }) => (source.split(" ").length - 2) / 2;
  const chosen = { pairs: 4, fewestPairs: 3, test: 20 };
  const { train, test: held } = await keyValueRecall({ ...chosen, testPairs: [4, 32] });
  expect(new Set(pairs(train).map(size))).toEqual(new Set([3, 4]));
  expect(pairs(held).map(size)).toEqual([...Array(20).fill(4), ...Array(20).fill(32)]);
  expect((await keyValueRecall(chosen)).train).toEqual(train);
});

test("every place in the context is asked for about as often as any other", async () => {
  const { train } = await keyValueRecall({ pairs: 4, fewestPairs: 4, train: 4000 });
  const asked = pairs(train).map(({ source }) => {
    const { context, asked } = read(source);
    return context.split(" ").indexOf(asked) / 2;
  });
  for (const place of [0, 1, 2, 3]) {
    expect(Math.abs(asked.filter((at) => at === place).length - 1000)).toBeLessThan(120);
  }
});

test("sizes that do not fit are refused with what there is", async () => {
  await expect(keyValueRecall({ testPairs: [65] })).rejects.toThrow(
    "65 pairs need as many different keys, but keys is 64",
  );
  await expect(keyValueRecall({ pairs: 1 })).rejects.toThrow("fewestPairs is 2, but pairs only 1");
  await expect(keyValueRecall({ pairs: 1, fewestPairs: 1, keys: 3, values: 2, train: 7 })).rejects.toThrow(
    "only 6 exist",
  );
});
