import { createSimdBackend } from "@trivium/backend-simd";
import { causal as causalMask, custom, or } from "@trivium/masks";
import { causal } from "@trivium/model-causal";
import { prefix } from "@trivium/model-prefix";
import { causalLm, prefixLm } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { leakAnalysis } from "./leak-analysis.ts";
import { altered, collations, filling, noSource, single } from "./testing/mistakes.ts";
import { pairArm, plantedLeaks, prefixArm, type SetUp } from "./testing/planted-leaks.ts";
import { arms, probedModel } from "./testing/probed-models.ts";

beforeAll(() => createSimdBackend({ name: "simd-leak-analysis", threads: 1 }).activate());

const examples = [
  { source: [5, 9, 7], target: [6, 11, 8] },
  { source: [12, 4], target: [10, 5] },
];

function analyse({ architecture, objective, kernel, collate, layers = 2 }: SetUp, given = examples) {
  const probed = probedModel(architecture, { layers }, kernel);
  return leakAnalysis({ ...probed, objective, examples: given, collate });
}

describe.each(arms)("sound: $name", ({ architecture, objective }) => {
  test.each(Object.entries(collations))("%s, passes clean", (_name, collate) => {
    const { clean, byMasks, measured, checked } = analyse({ architecture, objective, collate });
    expect({ clean, byMasks, measured }).toEqual({ clean: true, byMasks: [], measured: [] });
    expect(checked.predictions).toBe(7);
    expect(checked.slots).toBeGreaterThanOrEqual(12);
  });
});

test("sound: causal with loss on everything, and texts without a source, pass clean", () => {
  expect(analyse({ architecture: causal, objective: causalLm() }).clean).toBe(true);
  for (const { architecture, objective } of arms) {
    const texts = [{ tokens: [5, 9, 7, 6, 11] }, { tokens: [4, 8, 8] }] as never;
    expect(analyse({ architecture, objective }, texts).clean).toBe(true);
  }
});

test.each(plantedLeaks)("$name", (plant) => {
  const { clean, byMasks, counts, measured } = analyse(plant);
  const kinds = Object.entries(counts).filter(([, count]) => count > 0);
  expect(clean).toBe(false);
  expect(kinds.map(([kind]) => kind)).toEqual(plant.kinds);
  expect(byMasks.length > 0).toBe(plant.byMasks);
  expect(measured.length).toBe(kinds.reduce((sum, [, count]) => sum + count, 0));
});

test("pitfall 12: with one layer there is no detour", () => {
  const architecture = single(() =>
    or(
      causalMask(),
      custom("first", (_b, _h, q) => q === 0),
    ),
  );
  expect(analyse({ ...prefixArm, architecture, layers: 1 }).clean).toBe(true);
});

test("pitfall 1: logits that are NaN are refused, not called clean", () => {
  expect(() => analyse({ ...pairArm, kernel: filling(Number.NEGATIVE_INFINITY), collate: noSource })).toThrow(
    "logits should be finite, got NaN",
  );
});

test("a leak says which prediction saw what, by perturbation and by gradient", () => {
  const objective = altered(prefixLm(), (row) => ({ ...row, prefixLength: row.prefixLength + 1 }));
  const { measured, byMasks } = analyse({ ...prefixArm, objective });
  expect(measured.map(({ prediction, seen }) => [prediction.row, prediction.slot, seen.slot])).toEqual([
    [0, 3, 4],
    [1, 2, 3],
  ]);
  for (const { moved, gradient, text } of measured) {
    expect(moved).toBeGreaterThan(0);
    expect(gradient).toBeGreaterThan(0);
    expect(text).toMatch(/the prediction at tokens\[\d\] of row \d depends on tokens\[\d\] .*, which holds its label/);
  }
  expect(byMasks[0]).toContain("tokens[3] ← tokens[4]");
});

test("numbers are plain and the same again, and no tensor is left behind", () => {
  const probed = probedModel(prefix);
  const request = { ...probed, objective: causalLm(), examples };
  const before = tf.memory().numTensors;
  const analysis = leakAnalysis(request);
  expect(tf.memory().numTensors).toBe(before);
  expect(JSON.parse(JSON.stringify(leakAnalysis(request)))).toEqual(analysis);
});
