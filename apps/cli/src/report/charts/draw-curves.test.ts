import type { CurvePoint } from "@trivium/evaluator";
import { expect, test } from "vitest";
import { drawCurves } from "./draw-curves.ts";
import { axes, meanCurve } from "./learning-curves.ts";
import { markOf, marksOf } from "./mark.ts";

const run = (losses: readonly number[], pace = 1): CurvePoint[] =>
  losses.map((targetLoss, at) => ({
    ...{ step: at, tokensSeen: at * 1000, tokensSupervised: at * 500, flops: at * 1e9, seconds: (at / 10) * pace },
    ...{ trainLoss: targetLoss, targetLoss },
  }));

const curves = [
  { name: "causal", runs: [run([3, 2, 1]), run([5, 2, 3])] },
  { name: "a & <b>", runs: [run([3, 2.5])] },
];
const picture = { curves, unit: "nats", marks: marksOf(curves.map(({ name }) => name)) };
/** Vega draws a symbol as arcs or lines around its middle. */
const points = (svg: string) => svg.match(/<path transform="translate/g) ?? [];

test.each(axes)("the picture over $title has a line and a point for each arm, in its colour", async (axis) => {
  const svg = await drawCurves({ ...picture, axis });
  expect(svg).toMatch(/^<svg role="img" aria-label="[^"]*" [\s\S]*<\/svg>$/);
  expect(svg).toContain(`>${axis.title}<`);
  for (const index of [0, 1]) expect(svg).toContain(`stroke="${markOf(index).colour}"`);
  expect(points(svg)).toHaveLength(5);
  expect(svg).toContain(`<title>Held-out loss over ${axis.title}: causal; a &amp; &lt;b&gt;</title>`);
});

test("an arm is drawn at the mean of its seeds on both axes, from the lowest to the highest of them", () => {
  const [, , , seconds] = axes;
  expect(meanCurve({ name: "causal", runs: [run([3, 2]), run([5, 2], 3)] }, seconds)).toEqual([
    { name: "causal", x: 0, y: 4, low: 3, high: 5 },
    { name: "causal", x: 0.2, y: 2, low: 2, high: 2 },
  ]);
});

test("a step at which a seed has no number, or which it lacks, is left out", () => {
  const [seen] = axes;
  const lost = [{ ...run([1])[0], targetLoss: null }, ...run([9, 2]).slice(1)] as CurvePoint[];
  const drawn = meanCurve({ name: "causal", runs: [run([3, 2, 1]), lost] }, seen);
  expect(drawn.map(({ x }) => x)).toEqual([1000]);
});

test("losses that fall through orders of magnitude are drawn on a logarithmic scale", async () => {
  const [axis] = axes;
  const labels = async (losses: readonly number[]) =>
    (await drawCurves({ ...picture, axis, curves: [{ name: "causal", runs: [run(losses)] }] })).match(/>\de[−-]\d</g);
  expect(await labels([1, 0.1, 0.00001])).not.toBeNull();
  expect(await labels([3, 2, 1])).toBeNull();
});

test("up to thirty arms are marked differently", () => {
  const marks = Array.from({ length: 30 }, (_, index) => JSON.stringify(markOf(index)));
  expect(new Set(marks).size).toBe(30);
});
