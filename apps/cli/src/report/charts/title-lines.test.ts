import { expect, test } from "vitest";
import { drawChart } from "./draw-chart.ts";
import { marksOf } from "./mark.ts";
import { titleLines } from "./title-lines.ts";

test("a title is broken between words, and nothing of it is lost", () => {
  expect(titleLines("FLOPs over visible pairs, prefix ÷ causal", 230)).toEqual([
    "FLOPs over visible",
    "pairs, prefix ÷ causal",
  ]);
  expect(titleLines("loss", 230)).toEqual(["loss"]);
  expect(titleLines("unbreakablyLongWordOfMany and more", 100)).toEqual(["unbreakablyLongWordOfMany", "and more"]);
});

test("a chart is as tall with a long title as with a short one", async () => {
  const height = async (title: string) => {
    const series = [{ name: "s", points: [1, 2].map((x) => ({ x, y: x })) }];
    const svg = await drawChart({ title: "T", x: { title: "x" }, y: { title }, series }, marksOf(["s"]));
    return Number(/height="([\d.]+)"/.exec(svg)?.[1]);
  };
  expect(await height("squared error on the queries of held-out sequences, mean over seeds")).toBe(await height("y"));
});
