import { readFileSync } from "node:fs";
import { createRegistry } from "@trivium/registry";
import { expect, test } from "vitest";
import {
  forbiddenWords,
  forcedTokens,
  frequencyPenalty,
  generatePlugins,
  inReferenceOrder,
  type LogitsProcessor,
  minimumLength,
  noRepeatNGram,
  noRepeatSourceNGram,
  type ProcessedRow,
  presencePenalty,
  repetitionPenalty,
  suppressedTokens,
  typicalP,
} from "./index.ts";

/** What the reference makes of one row of scores: see `scripts/reference/make_processors.py`. */
interface Fixture {
  readonly scores: readonly number[];
  readonly prompt: readonly number[];
  readonly source: readonly number[];
  readonly answers: readonly (readonly number[])[];
  readonly room: number;
  readonly end: number;
  readonly cases: readonly {
    readonly processors: readonly { readonly name: string; readonly options: unknown }[];
    /** By answer; `null` is −Infinity. */
    readonly expected: readonly (readonly (number | null)[])[];
  }[];
}

const fixture = JSON.parse(readFileSync(new URL("../fixtures/processors.json", import.meta.url), "utf8")) as Fixture;
const { prompt, source, room, end } = fixture;
const row: ProcessedRow = { index: 0, sample: 0, prompt, source, ends: [end], room };
const registry = createRegistry(generatePlugins);

/** The scores of the token behind an answer, by processors that heard of its tokens. */
function processed(processors: readonly LogitsProcessor[], answer: readonly number[]): number[] {
  const rows = inReferenceOrder(processors).map((processor) => processor.create(row));
  for (const id of answer) for (const one of rows) one.accept(id);
  const scores = Float32Array.from(fixture.scores);
  for (const one of rows.map((processor) => processor.fork())) one.apply(scores);
  return [...scores];
}

test.each(fixture.cases)("scores are the reference's: $processors", ({ processors, expected }) => {
  const own = processors.map(({ name, options }) =>
    registry.create("logits-processor", name, options as Record<string, never>),
  );
  for (const [at, answer] of fixture.answers.entries()) {
    const got = processed(own, answer);
    for (const [id, score] of (expected[at] as readonly (number | null)[]).entries()) {
      if (score === null) expect([answer, id, got[id]]).toEqual([answer, id, -Infinity]);
      else expect(Math.abs((got[id] as number) - score), `${answer} ${id}`).toBeLessThan(1e-6 * (1 + Math.abs(score)));
    }
  }
});

test("a token is penalised once for its presence, and as often as it stands there for its frequency", () => {
  const got = processed([presencePenalty({ penalty: 0.5 }), frequencyPenalty({ penalty: -0.25 })], [5, 8, 5, 5]);
  const expected = fixture.scores.map((score, id) => score - ({ 5: 0.5 - 0.75, 8: 0.5 - 0.25 }[id] ?? 0));
  for (const [id, score] of expected.entries()) expect(got[id]).toBeCloseTo(score, 6);
});

test("a first token is forced alone, and the reference suppresses the one behind it", () => {
  const processors = [suppressedTokens({ first: [6], at: 1 }), forcedTokens({ first: 9 })];
  expect(processed(processors, []).flatMap((score, id) => (score > -Infinity ? [[id, score]] : []))).toEqual([[9, 0]]);
  expect(processed(processors, [9]).flatMap((score, id) => (score === -Infinity ? [id] : []))).toEqual([6]);
});

test("several first tokens are forced in their order, and what follows is free", () => {
  const only = (answer: readonly number[]) =>
    processed([forcedTokens({ first: [9, 6] })], answer).flatMap((score, id) => (score > -Infinity ? [id] : []));
  expect([only([]), only([9])]).toEqual([[9], [6]]);
  expect(only([9, 6])).toHaveLength(fixture.scores.length);
});

test("ids beyond the vocabulary are forbidden already, and cannot be forced", () => {
  expect(processed([suppressedTokens({ ids: [99] })], [])).toHaveLength(fixture.scores.length);
  expect(() => processed([forcedTokens({ first: 99 })], [])).toThrow("an id below the vocabulary's 23, got 99");
});

test("a row that parts from another one has its own memory", () => {
  const one = noRepeatNGram({ size: 1 }).create({ ...row, prompt: [] });
  one.accept(5);
  const other = one.fork();
  other.accept(6);
  const scores = new Float32Array(8);
  one.apply(scores);
  expect([...scores.keys()].filter((id) => scores[id] === -Infinity)).toEqual([5]);
});

test("processors that are not known stand before those that shape what is drawn", () => {
  const names = ["top-k", "grammar", "other", "repetition-penalty", "temperature", "suppressed-tokens"];
  const sorted = inReferenceOrder(names.map((name) => ({ name }))).map(({ name }) => name);
  expect(sorted).toEqual(["repetition-penalty", "suppressed-tokens", "grammar", "other", "temperature", "top-k"]);
});

test.each([
  [() => repetitionPenalty({ penalty: 0 }), "the repetition penalty is a positive number, got 0"],
  [() => presencePenalty({ penalty: Number.NaN }), "the presence penalty is a finite number, got NaN"],
  [() => frequencyPenalty({ penalty: Number.POSITIVE_INFINITY }), "the frequency penalty is a finite number, got Inf"],
  [() => noRepeatNGram({ size: 0 }), "the size is a positive integer, got 0"],
  [
    () => noRepeatSourceNGram({ size: 2 }).create({ ...row, source: undefined }),
    "sequences of the source are those that an encoder read",
  ],
  [() => forbiddenWords({ words: [[]] }), "have an id or more"],
  [() => minimumLength({ tokens: -1 }), "numbers of tokens are integers from 0, got -1 and 0"],
  [() => suppressedTokens({ ids: [0.5] }), "ids of tokens are integers from 0, got 0.5"],
  [() => typicalP({ p: 0 }), "typicalP is above 0 and at most 1, got 0"],
])("wrong options are refused", (create, message) => {
  expect(create).toThrow(message);
});
