import { createRandom } from "@trivium/core";
import { expect, test } from "vitest";
import { markCoder } from "./mark-coder.ts";
import { maskedLm } from "./masked-lm.ts";
import { masking } from "./masking.ts";
import { textsDrawn, windowsDrawn } from "./testing/draws.ts";
import { describeCorruption, taskSpecials as special } from "./testing.ts";

describeCorruption(masking(), { special, pairs: [], texts: [20, 60, 100] });

const tokens = Array.from({ length: 20 }, (_, at) => 1000 + at);
const tokenizer = { ...markCoder(special), size: 500 };

test("15 % of the tokens are predicted: 80 % masked, 10 % random, 10 % kept, everywhere alike", () => {
  const random = createRandom("masks");
  const windows = windowsDrawn;
  const counts = { masked: 0, random: 0, kept: 0 };
  const places = new Float64Array(tokens.length);
  const { apply } = masking();
  for (let draw = 0; draw < windows; draw++) {
    const { ids, weights } = apply({ tokens }, { special, tokenizer, random });
    for (const [at, weight] of weights.entries()) {
      if (weight === 0) continue;
      places[at] = (places[at] as number) + 1;
      counts[ids[at] === special.mask ? "masked" : ids[at] === tokens[at] ? "kept" : "random"] += 1;
    }
  }
  const predicted = 3 * windows;
  const within = (found: number, trials: number, share: number) =>
    expect(Math.abs(found - trials * share)).toBeLessThan(4.5 * Math.sqrt(trials * share * (1 - share)));
  expect(counts.masked + counts.random + counts.kept).toBe(predicted);
  // A random token is the mask's own id once in 500 draws.
  within(counts.masked, predicted, 0.8 + 0.1 / 500);
  within(counts.kept, predicted, 0.1);
  for (const count of places) within(count, windows, 3 / 20);
});

test("labels are the text, and what is not predicted stands in its place", () => {
  const random = createRandom("round trip");
  for (let draw = 0; draw < textsDrawn; draw++) {
    const { ids, labels, weights } = masking().apply({ tokens }, { special, tokenizer, random });
    expect(weights.map((weight, at) => (weight ? labels[at] : ids[at]))).toEqual(tokens);
  }
});

test("without a tokenizer there are no random tokens, and what would be one is masked", () => {
  const random = createRandom(1);
  const { ids } = masking({ density: 1, random: 1, kept: 0 }).apply({ tokens }, { special, random });
  expect(new Set(ids)).toEqual(new Set([special.mask]));
});

test("the objective predicts in place, declares what it keeps, and scores with the same shares without smoothing", () => {
  const objective = maskedLm({ kept: 0.2, labelSmoothing: 0.1 });
  expect([objective.shows, objective.needs, objective.prompt]).toEqual([0.2, ["mask"], undefined]);
  expect(objective.scoring?.().settings).toEqual({
    density: 0.15,
    random: 0.1,
    kept: 0.2,
    labelSmoothing: 0,
    zLoss: 0,
  });
  const { streams, targets, lossWeights } = objective.features({ tokens }, { special, random: createRandom(2) });
  expect(targets).toEqual([...tokens, 3]);
  expect(lossWeights.filter(Boolean)).toHaveLength(3);
  expect(streams.tokens).toHaveLength(21);
});

test("a window's raw text fills it with its frame", () => {
  const objective = maskedLm();
  expect(objective.rawLength?.(64, special)).toBe(63);
  const text = { tokens: Array.from({ length: 63 }, (_, at) => 1000 + at) };
  expect(objective.features(text, { special, random: createRandom(1) }).streams.tokens).toHaveLength(64);
});

test("pairs, empty texts and shares that exceed one are refused", () => {
  const context = { special, random: createRandom(1) };
  expect(() => masking().apply({ source: [5], target: [6] }, context)).toThrow(/masking rewrites texts/);
  expect(() => masking().apply({ tokens: [] }, context)).toThrow("a text needs at least 1 token to");
  expect(() => maskedLm({ random: 0.6, kept: 0.6 })).toThrow(/random and kept are at most 1 together/);
});
