import { createBatchSource } from "@trivium/data";
import { evaluateExamples } from "@trivium/evaluator";
import { createModel } from "@trivium/model";
import { disposeTree } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import type { ArmProgress, ClaimArm, Preset } from "../framework/claim.ts";
import { type ProbedData, type TrainingNumbers, type TrainingProbe, trainingArm } from "../framework/training-arm.ts";
import type { TrainingSettings } from "../framework/training-settings.ts";
import { cmudictSettings, cmudictSteps } from "../trained/cmudict-arm.ts";
import { targetObjective } from "../trained/sight.ts";
import { type FurtherTraining, trainFurther } from "../trained/train-further.ts";

/** Nats of each held-out target of a causal model under the prefix mask. */
export type MaskSwitched = {
  /** Without any training. */
  readonly switched: readonly number[];
  /** After the last steps under the prefix mask, and, as a control, under the causal one. */
  readonly adapted: readonly number[];
  readonly continued: readonly number[];
};

/** A fifth of the steps is left for the new mask. */
const adaptingSteps = (preset: Preset): number => cmudictSteps(preset) / 5;

/**
 * A causal model of CMUdict whose mask is switched: trained for four fifths of the usual steps, then for the last
 * fifth from the same parameters, with an optimiser and a schedule of their own, under either mask.
 */
export function maskSwitchArm(preset: Preset, seed: number): ClaimArm<TrainingNumbers> {
  const steps = adaptingSteps(preset);
  return switchedArm(cmudictSettings({ sight: "causal", preset, seed, steps: cmudictSteps(preset) - steps }), steps);
}

/** An arm of a causal model that is then trained for `steps` more under the prefix mask, and under its own. */
export const switchedArm = (settings: TrainingSettings, steps: number): ClaimArm<TrainingNumbers> =>
  trainingArm({ name: "causal, then prefix", ...settings, probe: maskSwitch(steps, settings.seed) });

const training = { learningRate: 2e-3, batchSize: 64, packing: 64 };

const maskSwitch = (steps: number, seed: number): TrainingProbe => ({
  name: "mask switch",
  settings: { version: 2, architecture: "prefix", steps, ...training },
  async *run(model, parameters, data) {
    const { attention, architecture } = data.context;
    const prefix = createModel({ architecture: architecture("prefix"), config: model.config, attention });
    const own = { parameters, data, steps, seed };
    const towards = { ...own, model: prefix, objective: targetObjective("prefix") };
    const switched = await score(towards);
    const adapted = yield* trainOn(towards);
    const continued = yield* trainOn({ ...own, model, objective: targetObjective("causal") });
    return { switched, adapted, continued };
  },
});

interface Stage extends Pick<FurtherTraining, "model" | "objective" | "parameters" | "steps" | "seed"> {
  readonly data: ProbedData;
}

async function score({ data, model, objective, parameters }: Stage): Promise<readonly number[]> {
  const { heldOut, tokenizer, context } = data;
  const decodeTarget = (ids: readonly number[]) => tokenizer.decodeTarget(ids);
  const { special } = tokenizer;
  const scored = { model, objective, parameters, heldOut, decoded: 0, special, decodeTarget, signal: context.signal };
  const { examples } = await consume(evaluateExamples(scored));
  context.signal?.throwIfAborted();
  return examples.nats;
}

/** Trains a copy further, and scores it. */
async function* trainOn(stage: Stage): AsyncGenerator<ArmProgress, readonly number[], void> {
  const { data, seed, objective } = stage;
  const { learningRate, ...batches } = training;
  const { special } = data.tokenizer;
  // Another order than that of the first stage.
  const source = { examples: data.train, special, objective, ...batches, seed: `${seed}, mask switched` };
  const { signal } = data.context;
  const parameters = yield* trainFurther({ ...stage, learningRate, signal, batches: createBatchSource(source) });
  try {
    return await score({ ...stage, parameters });
  } finally {
    disposeTree(parameters);
  }
}
