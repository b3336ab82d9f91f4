import { createRandom } from "@trivium/core";
import type { Example } from "@trivium/features";
import { createCharacterTokenizer, createSharedPair, reservedSpecials } from "@trivium/text";
import { bartLike, gpt2Like, t5Like } from "@trivium/text/testing";
import { describe, expect, test } from "vitest";
import type { SplitExample } from "./corruption.ts";
import { createObjective } from "./create-objective.ts";
import type { FeatureContext } from "./feature-context.ts";
import { inPlace } from "./in-place.ts";
import { joined } from "./joined.ts";
import { markedBatch } from "./marked-batch.ts";
import { masking } from "./masking.ts";
import { middles } from "./middles.ts";
import { none } from "./none.ts";
import { promptOf } from "./objective.ts";
import { randomSplit } from "./random-split.ts";
import { separate } from "./separate.ts";
import { describeCorruption, taskSpecials } from "./testing.ts";
import { tokenLoss } from "./token-loss.ts";

describeCorruption(none());
describeCorruption(randomSplit());

const loss = tokenLoss({ labelSmoothing: 0, zLoss: 0 });
const context = (seed = 1, more: Partial<FeatureContext> = {}): FeatureContext => ({
  special: reservedSpecials(),
  random: createRandom(seed),
  ...more,
});
const both = (example: Example, more: Partial<FeatureContext> = {}) => {
  const options = { loss: "target", prefix: "source" } as const;
  return [joined(options), separate()].map((layout) =>
    createObjective({ name: "mine", corruption: randomSplit(), layout, loss }).features(example, context(1, more)),
  );
};

test("text that ends in its window has the end behind it, and text that goes on has none", () => {
  const tokens = [10, 11, 12, 13];
  for (const { targets } of both({ tokens })) expect(targets.at(-1)).toBe(13);
  for (const { targets } of both({ tokens, ends: true })) expect(targets.slice(-2)).toEqual([13, 3]);
});

describe("frames of other vocabularies", () => {
  const pair = { source: [7, 8], target: [9] };

  test("GPT-2: one token separates and ends, and starts the decoder", () => {
    const special = gpt2Like("ab").special;
    const [one, two] = both(pair, { special });
    expect(one).toEqual({
      streams: { tokens: [7, 8, 50_256, 9] },
      prefixLength: 3,
      targets: [8, 50_256, 9, 50_256],
      lossWeights: [0, 0, 1, 1],
    });
    expect(two?.streams).toEqual({ source: [7, 8, 50_256], target: [50_256, 9] });
  });

  test("pitfall 21: T5 starts its decoder with pad, and ends its source", () => {
    const [one, two] = both(pair, { special: t5Like("ab").special });
    expect(two).toEqual({
      streams: { source: [7, 8, 1], target: [0, 9] },
      prefixLength: 0,
      targets: [9, 1],
      lossWeights: [1, 1],
    });
    expect(one?.streams.tokens).toEqual([0, 7, 8, 1, 9]);
  });

  test("pitfall 22: BART wraps both sides, starts its decoder with the end, and is given what begins its target", () => {
    const special = bartLike("ab").special;
    const [, two] = both(pair, { special });
    expect(two).toEqual({
      streams: { source: [0, 7, 8, 2], target: [2, 0, 9] },
      prefixLength: 0,
      targets: [0, 9, 2],
      lossWeights: [0, 1, 1],
    });
    const objective = createObjective({ name: "mine", corruption: none(), layout: separate(), loss });
    expect(promptOf(objective, pair, context(1, { special })).streams.target).toEqual([2, 0]);
  });

  test("what begins a joined stream is not predicted, and the first token behind it is", () => {
    const frame = { joined: { before: [1, 1], between: [], after: [] } };
    const objective = createObjective({
      name: "mine",
      corruption: none(),
      layout: joined({ loss: "all", prefix: "framed" }),
      loss,
    });
    const special = { ...reservedSpecials(), frame };
    expect(objective.features({ tokens: [10, 11] }, context(1, { special }))).toEqual({
      streams: { tokens: [1, 1, 10] },
      prefixLength: 0,
      targets: [1, 10, 11],
      lossWeights: [0, 1, 1],
    });
  });

  test("a missing frame is told by the stream it is missing for", () => {
    const special = { ...reservedSpecials(), frame: {} };
    expect(() => both(pair, { special })).toThrow("no frame for source and target in one stream");
  });
});

test("a task token stands before the source, within the frame", () => {
  const task: SplitExample = { source: [7], target: [9], ends: true, task: "ul2-s" };
  const special = { ...bartLike("ab").special, named: { "ul2-s": 77 } };
  expect(separate().features(task, special).streams.source).toEqual([0, 77, 7, 2]);
  expect(joined({ loss: "target", prefix: "source" }).features(task, special).streams.tokens?.slice(0, 3)).toEqual([
    0, 77, 7,
  ]);
  expect(() => separate().features({ ...task, task: "ul2-x" }, special)).toThrow('no special token "ul2-x"');
});

test("fill-in-the-middle cuts within tokens, has a prompt of its own, and needs the tokenizer", () => {
  const tokenizer = createSharedPair(createCharacterTokenizer({ corpus: ["abcdef"] }));
  const objective = createObjective({
    name: "fim",
    corruption: middles({ rate: 1, suffixFirst: 0 }),
    layout: joined({ loss: "all", prefix: "framed" }),
    loss,
  });
  const given = { special: taskSpecials, tokenizer };
  const { streams, targets } = objective.features({ tokens: tokenizer.encodeTarget("abcdef") }, context(4, given));
  expect(targets.at(-1)).toBe(3);
  expect(
    tokenizer
      .decodeTarget([...(streams.tokens ?? [])].filter((id) => id < 12))
      .split("")
      .sort()
      .join(""),
  ).toBe("abcdef");
  const hole = { source: tokenizer.encodeTarget("ab"), target: tokenizer.encodeTarget("f") };
  expect(promptOf(objective, hole, context(1, given)).streams.tokens).toEqual([12, 5, 6, 13, 10, 14]);
  expect(() => objective.features({ tokens: [5] }, context())).toThrow(/rewrites text; give the tokenizer/);
});

test("marks of text find every token, wherever a corruption of text puts it", () => {
  const objective = createObjective({
    name: "fim",
    corruption: middles({ rate: 1, suffixFirst: 0 }),
    layout: joined({ loss: "target", prefix: "source" }),
    loss,
  });
  const { tokens, batch } = markedBatch(objective, [{ tokens: [5, 6, 7, 8, 9, 10] }], { special: taskSpecials });
  for (const { inputs, predictions } of tokens) expect(inputs.length + predictions.length).toBeGreaterThan(0);
  expect([...(batch.streams.tokens?.ids ?? [])].every((id) => id >= 0)).toBe(true);
});

test("in place: the frame is not predicted, and all of the row is prefix", () => {
  const example = { ids: [15, 8], labels: [7, 8], weights: [1, 0] };
  expect(inPlace().features(example, bartLike("ab").special)).toEqual({
    streams: { tokens: [0, 15, 8, 2] },
    prefixLength: 4,
    targets: [0, 7, 8, 2],
    lossWeights: [0, 1, 0, 0],
  });
});

test("an objective that predicts in place has no prompts, and says so where one is asked for", () => {
  const objective = createObjective({ name: "bert", corruption: masking(), layout: inPlace(), loss });
  expect(objective.prompt).toBeUndefined();
  expect(() => promptOf(objective, { tokens: [5] }, context())).toThrow('objective "bert" has no prompts');
});
