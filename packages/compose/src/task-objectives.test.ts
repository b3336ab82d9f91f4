import { reference } from "@trivium/attention";
import type { Example, Features } from "@trivium/features";
import { causal as causalMask, custom, full, not, or } from "@trivium/masks";
import type { Architecture } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import {
  type Corruption,
  createObjective,
  type FeatureContext,
  type InPlaceExample,
  inPlace,
  joined,
  masking,
  middles,
  noises,
  type Objective,
  type SplitExample,
  separate,
  spans,
  tokenLoss,
} from "@trivium/objectives";
import { taskSpecials } from "@trivium/objectives/testing";
import { createByteTokenizer, createSharedPair } from "@trivium/text";
import { bartLike, gpt2Like, t5Like } from "@trivium/text/testing";
import { describe, expect, test } from "vitest";
import { compose } from "./compose.ts";

const config = { vocabulary: 64, width: 16, layers: 2, heads: 2 };
const encoder: Architecture<"tokens"> = { name: "encoder", streams: ["tokens"], reads: "all", selfMask: () => full() };
const loss = tokenLoss({ labelSmoothing: 0, zLoss: 0 });
const tokenizer = { name: "shared", special: taskSpecials } as const;
/** Every text is rewritten. */
const always = () => middles({ rate: 1 });

const inOne = (corruption: Corruption<SplitExample>, scope: "all" | "target" = "target") =>
  createObjective({
    name: corruption.name,
    corruption,
    layout: joined({ loss: scope, prefix: scope === "all" ? "framed" : "source" }),
    loss,
  });
const inTwo = (corruption: Corruption<SplitExample>) =>
  createObjective({ name: corruption.name, corruption, layout: separate(), loss });
const bert = (corruption: Corruption<InPlaceExample> = masking()) =>
  createObjective({ name: corruption.name, corruption, layout: inPlace(), loss });

interface Task {
  readonly name: string;
  readonly architecture: Architecture;
  readonly objective: Objective;
}

const tasks: readonly Task[] = [
  { name: "spans, causal", architecture: causal, objective: inOne(spans()) },
  { name: "spans, prefix", architecture: prefix, objective: inOne(spans()) },
  { name: "spans, encoder-decoder", architecture: encoderDecoder, objective: inTwo(spans()) },
  { name: "noises, causal", architecture: causal, objective: inOne(noises()) },
  { name: "noises, prefix", architecture: prefix, objective: inOne(noises()) },
  { name: "noises, encoder-decoder", architecture: encoderDecoder, objective: inTwo(noises()) },
  { name: "rotation, prefix", architecture: prefix, objective: inOne(noises({ infilling: 0, rotation: 1 })) },
  { name: "middles with loss on everything, causal", architecture: causal, objective: inOne(always(), "all") },
  { name: "middles, prefix", architecture: prefix, objective: inOne(always()) },
  { name: "middles, encoder-decoder", architecture: encoderDecoder, objective: inTwo(always()) },
  { name: "masks, encoder", architecture: encoder, objective: bert() },
  { name: "masks, prefix", architecture: prefix, objective: bert() },
];

const composed = (architecture: Architecture, objective: Objective, more: object = {}) =>
  compose({ architecture, objective, config, attention: reference(), tokenizer, ...more });
const codesOf = (result: ReturnType<typeof compose>) => (result.works ? [] : result.reasons.map(({ code }) => code));

test.each(tasks)(
  "$name: accepted, with nothing to warn of, with and without a tokenizer",
  ({ architecture, objective }) => {
    for (const given of [tokenizer, undefined])
      expect(composed(architecture, objective, { tokenizer: given })).toMatchObject({ works: true, warnings: [] });
  },
);

test("predictions in place need an architecture that sees the whole row", () => {
  expect(composed(causal, bert())).toMatchObject({
    works: false,
    reasons: [
      {
        code: "objective/masks",
        message:
          'objective "masking": it predicts tokens in their place, and architecture "causal" hides what follows them',
      },
    ],
  });
});

describe("special tokens", () => {
  const lacking = (
    objective: Objective,
    architecture: Architecture,
    pair: { name: string; special: typeof taskSpecials },
  ) => {
    const result = composed(architecture, objective, { tokenizer: pair });
    return result.works ? [] : result.reasons.map(({ message }) => message);
  };

  test("what a corruption needs and a tokenizer lacks is named, with the tokenizer", () => {
    const bytes = createSharedPair(createByteTokenizer());
    expect(lacking(bert(), encoder, bytes)).toEqual([
      `objective "masking" needs the special token "mask", and tokenizer "shared" has none; byte, character and symbol take --tokenizer-options '{"special":{"mask":true}}'`,
    ]);
    expect(lacking(inOne(always()), prefix, t5Like("ab"))).toHaveLength(3);
    expect(lacking(inTwo(spans()), encoderDecoder, gpt2Like("ab"))).toEqual([
      `objective "spans" needs the special token "sentinels", and tokenizer "gpt-2" has none; byte, character and symbol take --tokenizer-options '{"special":{"sentinels":100}}'`,
    ]);
    expect(lacking(inTwo(spans()), encoderDecoder, t5Like("ab"))).toEqual([]);
    expect(lacking(bert(), encoder, bartLike("ab"))).toEqual([]);
  });

  test("a frame that is missing is named, with the tokenizer", () => {
    const bare = { name: "bare", special: { ...taskSpecials, frame: {} } };
    expect(lacking(inOne(spans()), prefix, bare)).toEqual([
      'objective "spans" needs a frame for source and target in one stream (frame.joined), and tokenizer "bare" has none',
    ]);
    expect(lacking(inTwo(spans()), encoderDecoder, bare)).toHaveLength(2);
  });
});

/** An objective whose features are changed afterwards. */
const altered = (objective: Objective, change: (features: Features, example: Example) => Features): Objective => ({
  ...objective,
  features: (example, context) => change(objective.features(example, context), example),
});

/** A corruption whose rewriting is changed afterwards. */
const rewritten = <R extends SplitExample | InPlaceExample>(
  corruption: Corruption<R>,
  change: (rewritten: R, example: never, context: FeatureContext) => R,
): Corruption<R> =>
  ({
    ...corruption,
    apply: (example: never, context: never) => change(corruption.apply(example, context), example, context),
  }) as Corruption<R>;

const open = (architecture: Architecture): Architecture => ({ ...architecture, selfMask: () => full() });
const wrongWay = (architecture: Architecture): Architecture => ({ ...architecture, selfMask: () => not(causalMask()) });
const detour = (architecture: Architecture): Architecture => ({
  ...architecture,
  selfMask: () =>
    or(
      causalMask(),
      custom("first", (_b, _h, q) => q === 0),
    ),
});
const answerInSource = (corruption: Corruption<SplitExample>) =>
  rewritten(corruption, (split) => ({ ...split, source: [...split.source, ...split.target] }));
const unshifted = (objective: Objective) =>
  altered(objective, (row) => ({ ...row, targets: row.targets.map((_, at) => row.targets[at - 1] ?? 0) }));
const longerPrefix = (objective: Objective, by: (row: Features) => number) =>
  altered(objective, (row) => ({ ...row, prefixLength: by(row) }));
const withoutStart = (objective: Objective) =>
  altered(objective, (row) => ({
    ...row,
    streams: { ...row.streams, target: [...(row.streams.target ?? []).slice(1), 3] },
  }));

const splits: readonly [string, () => Corruption<SplitExample>][] = [
  ["spans", spans],
  ["noises", noises],
  ["middles", always],
];

const planted: readonly Task[] = [
  ...splits.flatMap(([name, corruption]): Task[] => [
    {
      name: `pitfall 6: ${name}, an architecture of the wrong polarity`,
      architecture: wrongWay(prefix),
      objective: inOne(corruption()),
    },
    {
      name: `${name}, an all-ones mask (transformers#30918)`,
      architecture: open(prefix),
      objective: inOne(corruption()),
    },
    {
      name: `${name}, both directions, meant for another variant (llama.cpp#28318)`,
      architecture: open(causal),
      objective: inOne(corruption()),
    },
    {
      name: `pitfall 10: ${name}, a prefix that counts the first target token`,
      architecture: prefix,
      objective: longerPrefix(inOne(corruption()), (row) => row.prefixLength + 2),
    },
    {
      name: `pitfall 11: ${name}, loss on the whole sequence under a prefix mask`,
      architecture: prefix,
      objective: altered(inOne(corruption()), (row) => ({ ...row, lossWeights: row.targets.map(() => 1) })),
    },
    {
      name: `pitfall 12: ${name}, a detour over a query that sees everything`,
      architecture: detour(prefix),
      objective: inOne(corruption()),
    },
    {
      name: `pitfall 13: ${name}, tokens of the target join the prefix`,
      architecture: prefix,
      objective: longerPrefix(inOne(corruption()), (row) => row.targets.length),
    },
    {
      name: `${name}, labels that were never shifted`,
      architecture: causal,
      objective: unshifted(inOne(corruption())),
    },
    {
      name: `pitfall 22: ${name}, a decoder without its start token`,
      architecture: encoderDecoder,
      objective: withoutStart(inTwo(corruption())),
    },
    {
      name: `${name}, a decoder that sees its whole target`,
      architecture: open(encoderDecoder),
      objective: inTwo(corruption()),
    },
    {
      name: `${name}, an answer that was left in the source`,
      architecture: encoderDecoder,
      objective: inTwo(answerInSource(corruption())),
    },
    {
      name: `${name}, an answer that was left in the prefix`,
      architecture: prefix,
      objective: inOne(answerInSource(corruption())),
    },
    {
      name: `${name}, an answer that was left before it`,
      architecture: causal,
      objective: inOne(answerInSource(corruption())),
    },
  ]),
  {
    name: "masks, tokens to predict that were not masked",
    architecture: encoder,
    objective: bert(rewritten(masking(), (row) => ({ ...row, ids: row.labels }))),
  },
  {
    name: "masks, tokens that are kept and not declared",
    architecture: encoder,
    objective: bert({ ...masking(), shows: 0 }),
  },
  {
    name: "masks, half of the tokens kept where a tenth is declared",
    architecture: encoder,
    objective: bert(
      rewritten(masking(), (row) => ({
        ...row,
        ids: row.ids.map((id, at) => (at % 2 ? id : (row.labels[at] as number))),
      })),
    ),
  },
  {
    name: "masks, the text once more behind the row",
    architecture: encoder,
    objective: altered(bert(), (row) => ({
      ...row,
      streams: { tokens: [...(row.streams.tokens ?? []), ...row.targets] },
      targets: [...row.targets, ...row.targets],
      lossWeights: [...row.lossWeights, ...row.targets.map(() => 0)],
    })),
  },
];

test.each(planted)("$name: found", ({ architecture, objective }) => {
  expect(codesOf(composed(architecture, objective))).toEqual(["compose/label-leak"]);
});

test("labels shown on purpose are held against what is declared, and the message says both", () => {
  const unmasked = bert(rewritten(masking(), (row) => ({ ...row, ids: row.labels })));
  const result = composed(encoder, unmasked, { labelLeaks: "warn" });
  const [warning] = result.works ? result.warnings : [];
  expect(warning?.message).toMatch(/lets a prediction see its own label, (\d+) of \1 where it declares a share of 0.1/);
});
