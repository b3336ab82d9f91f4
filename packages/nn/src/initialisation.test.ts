import { expect, test } from "vitest";
import { initialDeviation, type WeightRole } from "./initialisation.ts";

const sizes = { width: 768, heads: 12, headWidth: 64, feedForward: 3072, layers: 12 };
const roles: readonly WeightRole[] = [
  "embedding",
  "positions",
  "query",
  "key-value",
  "attention-output",
  "feed-forward-up",
  "feed-forward-down",
  "relative-bias",
  "head",
];

test("GPT-2: 0.02, and 0.02/√(2N) for what writes into the residual stream", () => {
  for (const role of roles) {
    const residual = role === "attention-output" || role === "feed-forward-down";
    expect(initialDeviation("gpt-2", role, sizes)).toBeCloseTo(residual ? 0.004082483 : 0.02, 9);
  }
});

test("BART: 0.02 for every matrix", () => {
  expect(new Set(roles.map((role) => initialDeviation("bart", role, sizes)))).toEqual(new Set([0.02]));
});

test.each<[WeightRole, number]>([
  ["embedding", 1],
  ["query", 1 / Math.sqrt(768 * 64)],
  ["key-value", 1 / Math.sqrt(768)],
  ["attention-output", 1 / Math.sqrt(12 * 64)],
  ["feed-forward-up", 1 / Math.sqrt(768)],
  ["feed-forward-down", 1 / Math.sqrt(3072)],
  ["relative-bias", 1 / Math.sqrt(768)],
])("T5: %s has the deviation of the released initialiser", (role, deviation) => {
  expect(initialDeviation("t5", role, sizes)).toBeCloseTo(deviation, 12);
});

test("pitfall 18: T5's query weights hold the 1/√D that its attention does not divide by", () => {
  const query = initialDeviation("t5", "query", sizes);
  const key = initialDeviation("t5", "key-value", sizes);
  // A logit of unit inputs sums D products of M-fold sums: its deviation is M·query·key·√D.
  expect(768 * query * key * Math.sqrt(64)).toBeCloseTo(1, 12);
});

test.each<[WeightRole, number]>([
  ["embedding", 0.02],
  ["positions", 0.02],
  ["relative-bias", 0.02],
  ["query", (3 * 768) ** -0.5],
  ["key-value", (3 * 768) ** -0.5],
  ["attention-output", (3 * 512) ** -0.5],
  ["feed-forward-up", (3 * 768) ** -0.5],
  ["feed-forward-down", (3 * 3072) ** -0.5],
  ["head", (3 * 768) ** -0.5],
])("fan-in: %s has a variance of a third of one over its inputs, tables have 0.02", (role, deviation) => {
  // Heads narrower than the model, so that the inputs of the output projection are told from the width.
  expect(initialDeviation("fan-in", role, { ...sizes, heads: 8 })).toBeCloseTo(deviation, 12);
});
