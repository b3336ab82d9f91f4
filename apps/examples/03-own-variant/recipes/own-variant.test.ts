import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createRandom } from "@trivium/core";
import { describeMask } from "@trivium/masks/testing";
import { reservedSpecials } from "@trivium/text";
import { expect, test } from "vitest";
import { blockwise, nextBlockObjective } from "../plugins.ts";

const cwd = fileURLToPath(new URL("..", import.meta.url));

describeMask("blockwise(4)", () => blockwise.create({ size: 4 }), { plugins: [blockwise] });

test("a block predicts the next one, each token in its place; a single block predicts nothing", () => {
  const { features } = nextBlockObjective.create({ size: 2 });
  const context = { special: reservedSpecials(), random: createRandom(1) };
  expect(features({ tokens: [4, 5, 6, 7, 8] }, context)).toEqual({
    streams: { tokens: [4, 5, 6] },
    prefixLength: 0,
    targets: [6, 7, 8],
    lossWeights: [1, 1, 1],
  });
  expect(features({ tokens: [4, 5] }, context).lossWeights).toEqual([0, 0]);
});

test("the variant is drawn, refused where it would cheat, and learns what a causal model cannot know", () => {
  const output = execFileSync(process.execPath, ["--conditions=@trivium/source", "main.ts"], { cwd, encoding: "utf8" });
  expect(output).toContain("3 ████····\n4 ████████\n");
  expect(output).toContain(
    'refused: objective "causal-lm" on architecture "blockwise" lets a prediction see its own label',
  );
  const lossOf = (name: string) => Number(new RegExp(`^${name} +loss ([\\d.]+) after`, "m").exec(output)?.[1]);
  expect(lossOf("blockwise")).toBeLessThan(0.1);
  // Two of four symbols are unknown: ½ · ln 16, and the noise of a batch.
  expect(lossOf("causal")).toBeGreaterThan(0.9 * 0.5 * Math.log(16));
});
