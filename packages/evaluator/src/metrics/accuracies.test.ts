import { ConfigError } from "@trivium/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { errorRates } from "../error-rate.ts";
import { bleu } from "./bleu.ts";
import { errorRate } from "./error-rate.ts";
import { exactMatch } from "./exact-match.ts";
import { scoreSegments, sumStatistics } from "./score-segments.ts";
import { sequenceAccuracy } from "./sequence-accuracy.ts";
import { tokenAccuracy } from "./token-accuracy.ts";

test("exact match takes any reference, and every character of it", () => {
  const segments = [
    { prediction: "a b", references: ["b", "a b"] },
    { prediction: "a b", references: ["a b ", "A b"] },
  ];
  const { score, segments: own, signature } = scoreSegments(exactMatch(), segments);
  expect([score, ...own.map((segment) => segment.score)]).toEqual([0.5, 1, 0]);
  expect(signature).toMatch(/^nrefs:2\|case:mixed\|version:trivium-\d/);
});

test("sequence accuracy does not take a beginning, or a continuation, for the whole", () => {
  const [prediction, shorter, longer] = [[1, 2], [1], [1, 2, 3]];
  expect(scoreSegments(sequenceAccuracy(), [{ prediction, references: [shorter, longer] }]).score).toBe(0);
  expect(scoreSegments(sequenceAccuracy(), [{ prediction, references: [shorter, [1, 2]] }]).score).toBe(1);
});

test("token accuracy counts positions: a token too many, or one too few, is wrong", () => {
  const scores = (prediction: number[], ...references: number[][]) =>
    scoreSegments(tokenAccuracy(), [{ prediction, references }]).score;
  expect(scores([1, 2, 3], [1, 9, 3])).toBe(2 / 3);
  expect(scores([1, 2], [1, 2, 3, 4])).toBe(1 / 2);
  expect(scores([1, 2, 3, 4], [1, 2])).toBe(1 / 2);
  expect(scores([2, 3], [1, 2, 3], [2, 9])).toBe(1 / 2);
  expect(scores([], [])).toBe(1);
});

test("token accuracy of a corpus is of its positions, not of its segments", () => {
  const segments = [
    { prediction: [1], references: [[1]] },
    { prediction: [1, 2, 3], references: [[4, 5, 6]] },
  ];
  expect(scoreSegments(tokenAccuracy(), segments).score).toBe(1 / 4);
});

test("sequences of symbols: right everywhere exactly if nothing has to be edited", () => {
  const sequence = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 4 });
  const segment = fc.record({ prediction: sequence, references: fc.array(sequence, { minLength: 1, maxLength: 3 }) });
  fc.assert(
    fc.property(segment, (one) => {
      const isRight = scoreSegments(sequenceAccuracy(), [one]).score === 1;
      expect(scoreSegments(tokenAccuracy(), [one]).score === 1).toBe(isRight);
      expect(scoreSegments(errorRate(), [one]).segments[0]?.statistics[0] === 0).toBe(isRight);
    }),
  );
});

test("the unknown symbol is right nowhere, not even where the reference has it", () => {
  const unknown = 4;
  const segments = [{ prediction: [unknown, 7], references: [[unknown, 7]] }];
  expect(scoreSegments(tokenAccuracy({ unknown }), segments).score).toBe(1 / 2);
  expect(scoreSegments(sequenceAccuracy({ unknown }), segments).score).toBe(0);
  expect(scoreSegments(errorRate({ unknown }), segments).score).toBe(1 / 2);
  expect(errorRates(segments, { unknown })).toMatchObject({ per: 1 / 2, wer: 1, exactMatch: 0 });
});

test("a resample is scored by the sums of its segments' statistics", () => {
  const segments = [
    { prediction: "the cat sat on the mat", references: ["the cat sat on a mat"] },
    { prediction: "a dog ran", references: ["the dog ran home"] },
  ];
  const { segments: own } = scoreSegments(bleu(), segments);
  const resample = [1, 0, 0];
  const sums = sumStatistics(resample.map((at) => own[at]!.statistics));
  const again = scoreSegments(
    bleu(),
    resample.map((at) => segments[at]!),
  );
  expect(bleu().score(sums)).toBe(again.score);
});

test("nothing to score, no reference, and options that would be passed over are refused", () => {
  expect(() => scoreSegments(exactMatch(), [])).toThrow("there is nothing to score");
  const segments = [
    { prediction: "a", references: ["a"] },
    { prediction: "a", references: [] },
  ];
  expect(() => scoreSegments(exactMatch(), segments)).toThrow("example 1 has no reference");
  expect(() => bleu({ smoothingValue: 1 })).toThrow(ConfigError);
  expect(() => bleu({ smoothingValue: 1 })).toThrow("smoothingValue: only floor and add-k take one");
});
