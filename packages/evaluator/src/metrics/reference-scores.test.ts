import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bleu } from "./bleu.ts";
import { chrf } from "./chrf.ts";
import type { Metric, Segment } from "./metric.ts";
import { rouge } from "./rouge.ts";
import { scoreSegments } from "./score-segments.ts";

interface Settings {
  readonly metric: "bleu" | "chrf" | "rouge";
  readonly options: object;
  /** One number for each segment; of ROUGE precision, recall and F-score. */
  readonly segments: readonly (number | readonly number[])[];
  readonly corpora?: readonly { readonly score: number; readonly signature: string }[];
}

/** Made by scripts/make-metric-fixtures.py with sacrebleu and rouge-score. */
const reference: {
  readonly made: Readonly<Record<string, string>>;
  readonly segments: readonly Segment[];
  readonly corpora: readonly (readonly number[])[];
  readonly scores: readonly Settings[];
} = JSON.parse(readFileSync(new URL("./fixtures/reference-scores.json", import.meta.url), "utf8"));

const metrics: Record<Settings["metric"], (options: object) => Metric> = { bleu, chrf, rouge };
const named = reference.scores.map((settings) => ({ ...settings, title: JSON.stringify(settings.options) }));
const ofKind = (...kinds: Settings["metric"][]) => named.filter(({ metric }) => kinds.includes(metric));

/** The tolerance of issue and README alike. */
const TOLERANCE = 1e-9;

function expectClose(got: readonly number[], wanted: readonly number[], of: readonly unknown[]): void {
  expect(got).toHaveLength(wanted.length);
  const wrong = got.flatMap((value, at) =>
    Math.abs(value - wanted[at]!) <= TOLERANCE ? [] : [{ got: value, wanted: wanted[at], of: of[at] }],
  );
  expect(wrong).toEqual([]);
}

test("the fixture holds as many cases as were asked for", () => {
  expect(reference.segments.length).toBeGreaterThanOrEqual(200);
  expect(reference.made).toMatchObject({ sacrebleu: "2.6.0", "rouge-score": "0.1.2" });
});

describe.each(ofKind("bleu", "chrf"))("$metric $title equals sacreBLEU", ({ metric, options, segments, corpora }) => {
  const scoring = metrics[metric](options);

  test("on every segment", () => {
    const { segments: own } = scoreSegments(scoring, reference.segments);
    expectClose(
      own.map(({ score }) => score),
      segments as number[],
      reference.segments,
    );
  });

  test("on corpora, with its signature but for the version", () => {
    const own = reference.corpora.map((members) =>
      scoreSegments(
        scoring,
        members.map((at) => reference.segments[at]!),
      ),
    );
    expectClose(
      own.map(({ score }) => score),
      corpora!.map(({ score }) => score),
      reference.corpora,
    );
    expect(own.map(({ signature }) => signature.replace(/version:trivium-\d+\.\d+\.\d+.*$/, "version:2.6.0"))).toEqual(
      corpora!.map(({ signature }) => signature),
    );
  });
});

test.each(ofKind("rouge"))("rouge $title equals rouge-score in precision, recall and F-score", (settings) => {
  const { segments, score } = scoreSegments(rouge(settings.options), reference.segments);
  const wanted = settings.segments as [number, number, number][];
  expectClose(
    segments.flatMap(({ statistics }) => statistics.slice(0, 3)),
    wanted.flat(),
    reference.segments.flatMap((segment) => [segment, segment, segment]),
  );
  expect(score).toBeCloseTo(wanted.reduce((sum, [, , fScore]) => sum + fScore, 0) / wanted.length, 9);
});
