import { expect, test } from "vitest";
import { curvePanels } from "./claim-curves.ts";
import type { ReportedArm } from "./claims-report.ts";

const curve = [{ step: 1, tokensSeen: 1, tokensSupervised: 1, flops: 1, seconds: 1, trainLoss: 1, targetLoss: 1 }];
const arm = (
  name: string,
  options: { readonly seed?: number; readonly split?: string },
  type = "training",
): ReportedArm => ({
  ...{ name, hash: name, numbers: null, curve },
  configuration: { type, dataset: { name: "scan", options } },
});

test("seeds of an arm are one curve, and other data is another panel, but not data of another seed", () => {
  const panels = curvePanels([
    arm("prefix, seed 1", { split: "length", seed: 1 }),
    arm("prefix, seed 2", { split: "length", seed: 2 }),
    arm("causal, seed 1", { split: "length", seed: 1 }),
    arm("prefix, turn left, seed 1", { split: "turn-left" }),
  ]);
  expect(panels.map(({ title, curves }) => [title, curves.map(({ name, runs }) => [name, runs.length])])).toEqual([
    [
      "scan, split length",
      [
        ["prefix", 2],
        ["causal", 1],
      ],
    ],
    ["scan, split turn-left", [["prefix, turn left", 1]]],
  ]);
});

test("what is no training of ours is not said to be in nats; what has no curve is not drawn", () => {
  const [panel] = curvePanels([arm("a", {}, "in-context")]);
  expect(panel?.unit).toBe("held-out loss");
  expect(
    curvePanels([
      { ...arm("a", {}), curve: [] },
      { name: "b", hash: "b", numbers: 1, configuration: {} },
    ]),
  ).toEqual([]);
});
