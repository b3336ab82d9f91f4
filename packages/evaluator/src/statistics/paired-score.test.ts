import { createRandom } from "@trivium/core";
import { expect, test } from "vitest";
import { bleu } from "../metrics/bleu.ts";
import { chrf } from "../metrics/chrf.ts";
import { exactMatch } from "../metrics/exact-match.ts";
import { scoreSegments } from "../metrics/score-segments.ts";
import { bootstrapMean } from "./bootstrap-mean.ts";
import { pairedScore } from "./paired-score.ts";

const random = createRandom("sentences");
const words = ["the", "cat", "sat", "on", "a", "mat", "and", "slept"];
const sentence = (length: number) => Array.from({ length }, () => words[random.integer(words.length)] as string);
const references = Array.from({ length: 80 }, () => sentence(6 + random.integer(6)));

/** What a system says that gets every so manieth word wrong. */
const system = (wrong: number, seed: number) => {
  const draw = createRandom(seed);
  return references.map((reference) => ({
    prediction: reference.map((word) => (draw.uniform() < wrong ? "dog" : word)).join(" "),
    references: [reference.join(" ")],
  }));
};

test.each([bleu(), chrf()])(
  "$name: the better system is better by an interval above zero, the worse one the reverse",
  (metric) => {
    const [good, bad] = [scoreSegments(metric, system(0.1, 1)), scoreSegments(metric, system(0.5, 2))];
    const found = pairedScore({ metric, left: good, right: bad, resamples: 500 });
    expect(found.estimate).toBe(good.score - bad.score);
    expect(found.low).toBeGreaterThan(0);
    expect(found.high).toBeGreaterThan(found.estimate);
    expect(found.p).toBe(1 / 501);
    const turned = pairedScore({ metric, left: bad, right: good, resamples: 500 });
    expect([turned.estimate, turned.low, turned.high]).toEqual([-found.estimate, -found.high, -found.low]);
  },
);

test("a system against itself differs by nothing, and nothing speaks against chance", () => {
  const metric = bleu();
  const one = scoreSegments(metric, system(0.3, 1));
  expect(pairedScore({ metric, left: one, right: one, resamples: 50 })).toEqual({ estimate: 0, low: 0, high: 0, p: 1 });
});

test("systems of one quality are told apart as seldom as p says", () => {
  const metric = bleu();
  const found = Array.from({ length: 100 }, (_, at) => {
    const [left, right] = [system(0.3, 2 * at), system(0.3, 2 * at + 1)].map((one) => scoreSegments(metric, one));
    return pairedScore({ metric, left: left!, right: right!, resamples: 200 }).p;
  });
  const share = found.filter((p) => p <= 0.1).length / found.length;
  expect(share).toBeGreaterThan(0.02);
  expect(share).toBeLessThan(0.2);
});

test("of a metric that is a mean it is the bootstrap of the mean difference", () => {
  const metric = exactMatch();
  const [left, right] = [scoreSegments(metric, system(0.05, 1)), scoreSegments(metric, system(0.1, 2))];
  const paired = pairedScore({ metric, left, right, resamples: 4000 });
  const differences = left.segments.map(({ score }, at) => score - right.segments[at]!.score);
  const mean = bootstrapMean(differences, { resamples: 4000 });
  for (const end of ["estimate", "low", "high"] as const) expect(paired[end]).toBeCloseTo(mean[end], 1);
});

test("other segments do not pair", () => {
  const metric = bleu();
  const one = scoreSegments(metric, system(0.1, 1));
  expect(() => pairedScore({ metric, left: one, right: { segments: one.segments.slice(1) } })).toThrow(
    "BLEU of 80 and 79 segments cannot be paired",
  );
});
