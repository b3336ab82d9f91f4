import fc from "fast-check";
import { expect, test } from "vitest";
import type { Contender } from "./contender.ts";
import { measure, median } from "./measure.ts";

test("the median is the middle value, or the mean of the middle two", () => {
  expect([median([3]), median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([3, 2, 2.5]);
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const middle = median(values);
      const below = values.filter((value) => value < middle).length;
      const above = values.filter((value) => value > middle).length;
      expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
    }),
  );
});

/** Says what it is asked to do; each piece of work takes it that many seconds. */
const pretender = (name: string, seconds: number, turns: string[]): Contender => ({
  name,
  precision: "f32",
  work: { label: name },
  async run(times) {
    turns.push(`${name}${times}`);
    return seconds * times;
  },
  close() {},
});

test("contenders take turns in an order that alternates, after their warm-up", async () => {
  const turns: string[] = [];
  const contenders = [pretender("a", 1, turns), pretender("b", 2, turns)];
  const measured = await measure(contenders, { rounds: 2, warmup: 2, minimumSeconds: 0 });
  expect(turns.join(" ")).toBe("a1 a1 b1 b1 a1 b1 b1 a1");
  expect(measured.map(({ seconds }) => seconds)).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test("short work is repeated until a turn is long enough, and counted once", async () => {
  const turns: string[] = [];
  const [measured] = await measure([pretender("a", 0.25, turns)], { rounds: 1, warmup: 1, minimumSeconds: 2 });
  expect(turns).toEqual(["a1", "a8"]);
  expect(measured?.seconds).toEqual([0.25]);
});
