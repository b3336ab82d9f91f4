import type { Chart } from "@trivium/claims";
import { expect, test } from "vitest";
import { drawChart, hiddenPoints } from "./draw-chart.ts";
import { drawInterval } from "./draw-interval.ts";
import { marksOf } from "./mark.ts";

const chart: Chart = {
  title: "Error <over> layers",
  x: { title: "layers" },
  y: { title: "error", scale: "log" },
  series: [
    {
      name: "prefix",
      points: [1, 2, 3, 4].map((x) => ({ x, y: 10 ** -x, low: x === 4 ? -1 : 10 ** -x / 2, high: 2 * 10 ** -x })),
    },
    { name: "causal", points: [{ x: 2, y: 0.4, low: 0.3, high: 0.5 }] },
    {
      name: "lost",
      points: [
        { x: 1, y: 0 },
        { x: Number.NaN, y: 1 },
      ],
    },
  ],
};
const marks = marksOf(chart.series.map(({ name }) => name));

test("what has no place on a logarithmic scale is left out and counted, and nothing is drawn at infinity", async () => {
  const svg = await drawChart(chart, marks);
  expect(hiddenPoints(chart)).toBe(2);
  expect(svg).not.toMatch(/NaN|Infinity/);
  expect(svg).toContain("<title>Error &lt;over&gt; layers</title>");
});

test("an interval is a band, and an error bar where a line has one point", async () => {
  const svg = await drawChart(chart, marks);
  expect(svg.match(/class="mark-area[^>]*><path[^>]*var\(--series-0\)/g)).toHaveLength(1);
  expect(svg.match(/<line[^>]*stroke="var\(--series-1\)"/g)).toHaveLength(1);
  const without = { ...chart, series: chart.series.map(({ name }) => ({ name, points: [{ x: 1, y: 1 }] })) };
  expect(await drawChart(without, marks)).not.toMatch(/<line[^>]*stroke="var\(--series/);
});

test("an effect is drawn where it is: beside zero, to scale with those of its unit", async () => {
  const effect = { name: "a", estimate: 1, low: 0.5, high: 1.5, smallest: 0.1, unit: "nats" };
  const bar = async (...beside: (typeof effect)[]) => {
    const svg = await drawInterval(effect, beside);
    const [, length] = /<line[^>]*x2="([-\d.]+)"[^>]*stroke="var\(--series-0\)"/.exec(svg) ?? [];
    return Math.abs(Number(length));
  };
  const alone = await bar();
  expect(await bar({ ...effect, high: 6 })).toBeLessThan(alone / 2);
  expect(await bar({ ...effect, high: 6, unit: "tokens" })).toBe(alone);
  expect(await drawInterval({ ...effect, low: Number.NaN })).toBe("");
});
