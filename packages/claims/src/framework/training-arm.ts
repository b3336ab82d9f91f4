import type { Json } from "@trivium/core";
import {
  type ArmEvent,
  type ArmReport,
  type ArmRun,
  type ExampleScores,
  type InspectEvent,
  relay,
  runArm,
  type TrainedModel,
} from "@trivium/evaluator";
import type { LanguageModel } from "@trivium/model";
import type { ParameterTree } from "@trivium/tensor";
import type { ArmContext, ArmOutcome, ArmProgress, ClaimArm } from "./claim.ts";
import { prepareTraining } from "./prepare-training.ts";
import { joinTexts, type PretrainingNumbers, pretrain } from "./pretrain.ts";
import { stepProgress } from "./step-progress.ts";
import type { TrainingData } from "./training-data.ts";
import { type TrainingSettings, trainingConfiguration } from "./training-settings.ts";

/** The data and services of a probe. */
export interface ProbedData extends TrainingData {
  /** The context that the arm runs with. */
  readonly context: ArmContext;
}

/** The result of a probe: at once, later, or at the end of a stream of progress. */
export type ProbeRun = Json | Promise<Json> | AsyncGenerator<ArmProgress, Json, void>;

/** A look at a trained model, whose result lands in `numbers.probe`. */
export interface TrainingProbe {
  readonly name: string;
  /** Settings of the result besides the model and the data. */
  readonly settings: Readonly<Record<string, Json>>;
  /** Runs the probe. A long probe yields its progress and minds the signal of the context. */
  run(model: LanguageModel, parameters: ParameterTree, data: ProbedData): ProbeRun;
}

export interface TrainingArmOptions extends TrainingSettings {
  /** Unique within a plan: `"prefix, seed 2"`. */
  readonly name: string;
  readonly probe?: TrainingProbe | undefined;
}

/** The costs and scores of a trained arm, with the contribution of each held-out example. */
export type TrainingNumbers = Pick<
  ArmReport,
  "parameters" | "flops" | "tokensSeen" | "tokensSupervised" | "targetLoss" | "bitsPerCharacter"
> & {
  /** Share of decoded examples that are right; null, as the next two, if none was decoded. */
  readonly exactMatch: number | null;
  readonly per: number | null;
  readonly wer: number | null;
  readonly data: {
    readonly name: string;
    readonly fingerprint: string;
    readonly train: number;
    readonly heldOut: number;
  };
  /** The scores of each example. */
  readonly examples: {
    /** 1 for each decoded example that is right, 0 for the others. */
    readonly [score in keyof ExampleScores | "exact"]: readonly number[];
  };
  readonly probe: Json;
  /** Costs of the training before, if the arm had one. */
  readonly pretraining?: PretrainingNumbers;
};

/**
 * Trains one architecture on a dataset and scores it on held-out targets.
 *
 * At one seed all arms see the same examples in the same order, and are scored on the same held-out ones; the same
 * configuration twice gives the same numbers, bit for bit. What was measured on a dataset of another fingerprint is not
 * current.
 *
 * @throws {UnsupportedError} the objective's reason, as it runs, if it does not fit the architecture; what `runArm` and
 *   the context throw.
 * @example trainingArm({ name: "prefix, seed 1", architecture: "prefix", objective: { name: "prefix-lm" }, model: { width: 64 }, dataset: { name: "cmudict" }, steps: 200, batch: 64, seed: 1 })
 */
export function trainingArm({ name, probe, ...settings }: TrainingArmOptions): ClaimArm<TrainingNumbers> {
  const training = trainingConfiguration(settings);
  const configuration = probe ? { ...training, probe: { name: probe.name, settings: probe.settings } } : training;
  return {
    name,
    configuration,
    async isCurrent({ numbers }, context) {
      const { data, pretraining } = numbers as TrainingNumbers;
      const { name, options } = settings.dataset;
      if ((await context.dataset(name, options)).fingerprint !== data.fingerprint) return false;
      if (!pretraining || !settings.pretraining) return true;
      return (await joinTexts(settings.pretraining.datasets, context)).fingerprint === pretraining.fingerprint;
    },
    async *run(context) {
      const prepared = await prepareTraining(training, context);
      const start = yield* pretrain(training, context);
      let probed: Json = null;
      const options = {
        ...prepared.options,
        parameters: start?.parameters,
        async *inspect({ model, parameters }: TrainedModel) {
          if (probe) probed = yield* looksOf(probe.run(model, parameters, { ...prepared.data, context }));
        },
        signal: context.signal,
      };
      const events = runArm({ name, ...prepared.arm }, options);
      const run = yield* relay(events, (event) => progressOf(event, settings.steps));
      context.signal?.throwIfAborted();
      const { numbers, ...measured } = outcomeOf(run as ArmRun, prepared.data, probed);
      return { ...measured, numbers: start ? { ...numbers, pretraining: start.numbers } : numbers };
    },
  };
}

/** A probe's progress and its result, whichever way it runs. */
async function* looksOf(running: ProbeRun): AsyncGenerator<InspectEvent, Json> {
  if (!isStream(running)) return await running;
  return yield* relay(running, (progress) => ({ type: "inspect", ...progress }) as const);
}

const isStream = (running: ProbeRun): running is Exclude<ProbeRun, Json | Promise<Json>> =>
  running !== null && typeof running === "object" && Symbol.asyncIterator in running;

function progressOf({ event }: ArmEvent, steps: number): ArmProgress | undefined {
  if (event.type === "step") return stepProgress(event, steps);
  if (event.type === "inspect") return { done: event.done, total: event.total, note: event.note };
  if (event.type !== "progress") return undefined;
  return { done: steps, total: steps, note: `${event.phase} ${event.done}/${event.total}` };
}

function outcomeOf({ report, examples }: ArmRun, data: TrainingData, probe: Json): ArmOutcome<TrainingNumbers> {
  const { parameters, flops, tokensSeen, tokensSupervised, targetLoss, bitsPerCharacter, curve } = report;
  const { exactMatch = null, per = null, wer = null, seconds, tokensPerSecond } = report;
  const { name, fingerprint } = data.dataset;
  return {
    numbers: {
      parameters,
      flops,
      tokensSeen,
      tokensSupervised,
      targetLoss,
      bitsPerCharacter,
      exactMatch,
      per,
      wer,
      data: { name, fingerprint, train: data.train.length, heldOut: data.heldOut.length },
      examples: { ...examples, exact: examples.edits.map((edits) => (edits === 0 ? 1 : 0)) },
      probe,
    },
    times: { seconds, tokensPerSecond },
    curve,
  };
}
