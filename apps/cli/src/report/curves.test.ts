import type { ArmReport } from "@trivium/evaluator";
import { expect, test } from "vitest";
import { axes, drawCurves, markOf } from "./curves.ts";

const arm = (name: string, losses: readonly number[]) =>
  ({
    name,
    curve: losses.map((targetLoss, at) => ({
      ...{ step: at, tokensSeen: at * 1000, tokensSupervised: at * 500, flops: at * 1e9, seconds: at / 10 },
      ...{ trainLoss: targetLoss, targetLoss },
    })),
  }) as unknown as ArmReport;

const arms = [arm("causal", [3, 2, 1]), arm("a & <b>", [3, 2.5])];

test.each(axes)("the picture over $title has a line and a point for each arm, in its colour", async (axis) => {
  const svg = await drawCurves(arms, axis);
  expect(svg).toMatch(/^<svg [\s\S]*<\/svg>$/);
  expect(svg).toContain(`>${axis.title}<`);
  for (const index of [0, 1]) expect(svg).toContain(`stroke="${markOf(index).colour}"`);
  expect(svg.match(/aria-roledescription="point"/g)).toHaveLength(5);
  expect(svg).toContain("a &amp; &lt;b&gt;");
});

test("up to thirty arms are marked differently", () => {
  const marks = Array.from({ length: 30 }, (_, index) => JSON.stringify(markOf(index)));
  expect(new Set(marks).size).toBe(30);
});
