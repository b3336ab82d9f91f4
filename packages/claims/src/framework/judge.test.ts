import { expect, test } from "vitest";
import { judge } from "./judge.ts";

test.each([
  [{ low: 0.1, estimate: 0.2, high: 0.3 }, "supported"],
  [{ low: -0.3, estimate: -0.2, high: -0.1 }, "contradicted"],
  [{ low: -0.04, estimate: 0.01, high: 0.05 }, "not supported"],
  // It is there, and too small to matter.
  [{ low: 0.001, estimate: 0.01, high: 0.02 }, "not supported"],
  [{ low: -0.1, estimate: 0.1, high: 0.3 }, "inconclusive"],
  // Above zero, but it may be smaller or larger than what matters.
  [{ low: 0.01, estimate: 0.04, high: 0.2 }, "inconclusive"],
  // Counted: no effect at all.
  [{ low: 0, estimate: 0, high: 0 }, "not supported"],
  [{ low: Number.NaN, estimate: Number.NaN, high: Number.NaN }, "inconclusive"],
])("%o is %s", (effect, verdict) => {
  expect(judge({ ...effect, smallest: 0.05 })).toBe(verdict);
});

test("an effect that says nothing of the statement is inconclusive wherever its interval lies", () => {
  for (const at of [-1, 0, 1]) {
    const effect = { low: at, estimate: at, high: at, smallest: 0.05, unjudged: "recall was not learned" };
    expect(judge(effect)).toBe("inconclusive");
  }
});

test("what is counted may be judged without a smallest effect", () => {
  expect(judge({ low: 1, estimate: 1, high: 1, smallest: 0 })).toBe("supported");
  expect(judge({ low: 0, estimate: 0, high: 0, smallest: 0 })).toBe("not supported");
});
