import { describeDataset } from "@trivium/data/testing";
import { isTextPair, type TextExample } from "@trivium/features";
import fc from "fast-check";
import { expect, test } from "vitest";
import { lateOperator } from "./late-operator.ts";

describeDataset("late-operator", () => lateOperator());

const pairs = (part: readonly TextExample[]) => part.filter(isTextPair);
const wrap = (value: number, numbers: number) => ((value % numbers) + numbers) % numbers;

/** The result by sorting and by running totals: another way than the task's. */
function evaluate(source: string, numbers: number): number {
  const operator = /[a-z]+/.exec(source)![0];
  const operands = [...source.matchAll(/\d+/g)].map(Number);
  const sorted = [...operands].sort((a, b) => a - b);
  let total = 0;
  for (const one of operands) total = wrap(total + one, numbers);
  if (operator === "first") return operands[0]!;
  if (operator === "last") return operands[operands.length - 1]!;
  if (operator === "min") return sorted[0]!;
  if (operator === "max") return sorted[sorted.length - 1]!;
  return operator === "sum" ? total : wrap(2 * operands[0]! - total, numbers);
}

test("the target is the value of the source, with the operator on either side", async () => {
  const options = fc.record({
    seed: fc.integer(),
    operator: fc.constantFrom("first" as const, "last" as const),
    operands: fc.integer({ min: 2, max: 5 }),
    numbers: fc.integer({ min: 6, max: 120 }),
    train: fc.constant(60),
    validation: fc.constant(10),
    test: fc.constant(10),
    testOperands: fc.constant([3, 9]),
  });
  await fc.assert(
    fc.asyncProperty(options, async (some) => {
      const { train, validation, test: held } = await lateOperator(some);
      for (const { source, target } of pairs([...train, ...validation, ...held])) {
        expect(Number(target)).toBe(evaluate(source, some.numbers));
        expect(source).toMatch(some.operator === "last" ? /^(\d+ )+[a-z]+$/ : /^[a-z]+( \d+)+$/);
      }
    }),
    { numRuns: 30 },
  );
});

test("with the operator first the examples are the same in the same order", async () => {
  const [first, last] = [await lateOperator({ operator: "first" }), await lateOperator()];
  const moved = pairs(first.test).map(({ source, target }) => {
    const [operator, ...operands] = source.split(" ");
    return { source: [...operands, operator].join(" "), target };
  });
  expect(moved).toEqual(last.test);
});

test("every operator comes about as often, and no result is left out", async () => {
  const { train } = await lateOperator();
  const counts = Map.groupBy(pairs(train), ({ source }) => source.split(" ").at(-1));
  expect([...counts.keys()].sort()).toEqual(["difference", "first", "last", "max", "min", "sum"]);
  for (const some of counts.values()) expect(Math.abs(some.length - 10_000 / 6)).toBeLessThan(200);
  expect(new Set(pairs(train).map(({ target }) => target)).size).toBe(10);
});

test("the test part has each number of operands, and too many examples are refused with how many exist", async () => {
  const { test: held } = await lateOperator({ test: 10, testOperands: [2, 12] });
  expect(pairs(held).map(({ source }) => source.split(" ").length - 1)).toEqual([
    ...Array(10).fill(2),
    ...Array(10).fill(12),
  ]);
  await expect(lateOperator({ operators: ["max"], numbers: 2, operands: 2 })).rejects.toThrow("only 4 exist");
});
