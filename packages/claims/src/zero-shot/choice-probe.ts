import { createPacer, createRandom, type Json } from "@trivium/core";
import { createBatchSource, encodeExamples } from "@trivium/data";
import { mostLikely, type ScoreContinuationsOptions, scoreContinuations } from "@trivium/evaluator";
import { isTextPair, type TextPair } from "@trivium/features";
import type { Objective } from "@trivium/objectives";
import { choiceItems, clozeItems, mixture } from "@trivium/tasks";
import { disposeTree, type ParameterTree } from "@trivium/tensor";
import type { ArmProgress } from "../framework/claim.ts";
import type { ProbedData, TrainingProbe } from "../framework/training-arm.ts";
import { targetObjective } from "../trained/sight.ts";
import { trainFurther } from "../trained/train-further.ts";

/** The number of ranked items, and the length of tuning. */
export type ChoiceSettings = {
  readonly items: number;
  readonly tuningSteps: number;
  readonly seed: number;
};

/** 1 for each item whose true continuation is the likeliest, 0 for the others. */
export type ChoiceNumbers = {
  readonly choice: readonly number[];
  /** Nats of each last word. */
  readonly cloze: readonly number[];
  /** The held-out instruction before tuning on the other ones, and after. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** The dataset of instructions that the model is tuned on. */
  readonly instructions: { readonly name: string; readonly fingerprint: string };
};

type Continuations = ScoreContinuationsOptions["continuations"];
type Progress<Result> = AsyncGenerator<ArmProgress, Result, void>;

interface Probed extends Omit<ScoreContinuationsOptions, "context" | "continuations" | "objective"> {
  readonly data: ProbedData;
  readonly objective: Objective;
}

const tuning = { batch: 32, learningRate: 1e-3, train: 6000, length: 6 } as const;

/** Ranks items zero-shot, tunes a copy of the model on instructions but one, and ranks that one's answers. */
export const choiceProbe = (settings: ChoiceSettings): TrainingProbe => ({
  name: "zero-shot/choices",
  settings: { version: 3, ...settings, tuning },
  async *run(model, parameters, data) {
    // Tuned on answers alone, all of them; contexts and choices are ranked alike by any loss weights.
    const objective = targetObjective(model.architecture.name);
    const probed = { model, parameters, data, objective, special: data.tokenizer.special };
    const instructions = await mixture({ train: tuning.train, test: settings.items, length: tuning.length });
    const held = instructions.test.filter(isTextPair);
    const before = yield* rankHeldOut(probed, held);
    const choice = yield* rankChoices(probed, settings);
    const cloze = yield* scoreCloze(probed, settings);
    const tuned = yield* tune(probed, instructions.train.filter(isTextPair), settings);
    try {
      const after = yield* rankHeldOut({ ...probed, parameters: tuned }, held);
      const { name, fingerprint } = instructions;
      const numbers: ChoiceNumbers = { choice, cloze, before, after, instructions: { name, fingerprint } };
      return numbers as Json;
    } finally {
      disposeTree(tuned);
    }
  },
});

function rankChoices(probed: Probed, { items }: ChoiceSettings): Progress<number[]> {
  const { dataset, tokenizer } = probed.data;
  const found = choiceItems(dataset.test, { count: items, choices: 4, contextWords: 12, continuationWords: 4 });
  return eachOf(probed, found, ({ context, choices, answer }) => {
    const continuations = choices.map((text) => tokenizer.encodeTarget(text));
    return rank(probed, { tokens: lastTokens(probed, context, continuations) }, continuations) === answer ? 1 : 0;
  });
}

function scoreCloze(probed: Probed, { items }: ChoiceSettings): Progress<number[]> {
  const { dataset, tokenizer } = probed.data;
  const found = clozeItems(dataset.test, { count: items, contextWords: 12 });
  return eachOf(probed, found, ({ context, target }) => {
    const continuations = [tokenizer.encodeTarget(target)];
    const tokens = lastTokens(probed, context, continuations);
    return scoreContinuations({ ...probed, context: { tokens }, continuations })[0]?.nats as number;
  });
}

/** The true answer of the held-out instruction among other orders of the same letters. */
const rankHeldOut = (probed: Probed, held: readonly TextPair[]): Progress<number[]> =>
  eachOf(
    probed,
    held.filter(({ target }) => ordersOf(target).length === 4),
    ({ source, target }) => {
      const continuations = ordersOf(target).map((text) => probed.data.tokenizer.encodeTarget(text));
      return rank(probed, { source: probed.data.tokenizer.encodeSource(source) }, continuations) === 0 ? 1 : 0;
    },
  );

/** Returns the target and up to three other orders of its letters. */
export function ordersOf(target: string): string[] {
  const random = createRandom("orders").split(target);
  const orders = new Set([target]);
  for (let attempt = 0; attempt < 40 && orders.size < 4; attempt++)
    orders.add(random.shuffle(target.split(" ")).join(" "));
  return [...orders];
}

const rank = (probed: Probed, context: ScoreContinuationsOptions["context"], continuations: Continuations): number =>
  mostLikely(scoreContinuations({ ...probed, context, continuations }));

/** Returns the end of a context, as long as it fits with the longest continuation. */
function lastTokens({ model, data }: Probed, context: string, continuations: Continuations): number[] {
  const longest = Math.max(...continuations.map(({ length }) => length));
  return data.tokenizer.encodeTarget(context).slice(-(model.config.length - longest - 2));
}

async function* eachOf<Item>(
  { data: { context } }: Probed,
  items: readonly Item[],
  of: (item: Item) => number,
): Progress<number[]> {
  const pause = createPacer();
  const values: number[] = [];
  for (const item of items) {
    context.signal?.throwIfAborted();
    values.push(of(item));
    yield { done: values.length, total: items.length, note: "items" };
    await pause();
  }
  return values;
}

/** A copy of the model's parameters, trained on instructions. */
function tune(
  { data, ...trained }: Probed,
  pairs: readonly TextPair[],
  { tuningSteps: steps, seed }: ChoiceSettings,
): Progress<ParameterTree> {
  const { model, objective } = trained;
  const examples = encodeExamples(pairs, data.tokenizer, { length: model.config.length });
  return trainFurther({
    ...trained,
    steps,
    seed,
    learningRate: tuning.learningRate,
    signal: data.context.signal,
    batches: createBatchSource({ examples, special: data.tokenizer.special, objective, batchSize: tuning.batch, seed }),
  });
}
