import { createBatchSource } from "@trivium/data";
import {
  type ArmContext,
  type ClaimArm,
  evaluateExamples,
  type Preset,
  type ProbedData,
  type TrainingNumbers,
  type TrainingProbe,
  type TrainingSettings,
  trainingArm,
} from "@trivium/evaluator";
import { createModel, type Model } from "@trivium/model";
import { causalLm, type Objective, prefixLm } from "@trivium/objectives";
import { copyTree, disposeTree, type ParameterTree } from "@trivium/tensor";
import { adamW, consume, runBetas, runRates, train, warmupCosine } from "@trivium/trainer";
import { cmudictSettings, cmudictSteps } from "../trained/cmudict-arm.ts";

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
export function switchedArm(settings: TrainingSettings, steps: number): ClaimArm<TrainingNumbers> {
  const { seed } = settings;
  const arm = (context?: ArmContext) =>
    trainingArm({ name: "causal, then prefix", ...settings, probe: maskSwitch({ steps, seed, context }) });
  const { name, configuration } = arm();
  return { name, configuration, run: (context) => arm(context).run(context) };
}

interface Switch {
  readonly steps: number;
  readonly seed: number;
  /** What the arm runs with; none where it is only planned. */
  readonly context: ArmContext | undefined;
}

const optimization = { learningRate: 2e-3, weightDecay: 0.01, clipNorm: 1, batchSize: 64, packing: 64 };

const maskSwitch = ({ steps, seed, context }: Switch): TrainingProbe => ({
  name: "mask switch",
  settings: { version: 1, architecture: "prefix", steps, ...optimization },
  async run(model, parameters, data) {
    const { attention, signal, architecture } = context as ArmContext;
    const prefix = createModel({ architecture: architecture("prefix"), config: model.config, attention });
    const own = { parameters, data, steps, seed, signal };
    const [towards, on] = [prefixLm() as Objective, causalLm({ loss: "target" }) as Objective];
    return {
      switched: await score({ ...own, model: prefix, objective: towards }),
      adapted: await trainOn({ ...own, model: prefix, objective: towards }),
      continued: await trainOn({ ...own, model, objective: on }),
    };
  },
});

interface Stage {
  readonly model: Model;
  readonly objective: Objective;
  readonly parameters: ParameterTree;
  readonly data: ProbedData;
  readonly steps: number;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

async function score({ model, objective, parameters, data, signal }: Stage): Promise<readonly number[]> {
  const { examples } = await consume(
    evaluateExamples({
      ...{ model, objective, parameters, heldOut: data.heldOut, decoded: 0 },
      decodeTarget: (ids) => data.tokenizer.decodeTarget(ids),
      ...(signal && { signal }),
    }),
  );
  return examples.nats;
}

/** Trains a copy further, and scores it. */
async function trainOn(stage: Stage): Promise<readonly number[]> {
  const { model, objective, data, steps, seed, signal } = stage;
  const { learningRate, weightDecay, clipNorm, batchSize, packing } = optimization;
  const { parameters } = await consume(
    train({
      ...{ model, objective, steps, clipNorm, seed, parameters: copyTree(stage.parameters) },
      // Another order than that of the first stage.
      batches: createBatchSource({
        examples: data.train,
        objective,
        batchSize,
        packing,
        seed: `${seed}, mask switched`,
      }),
      optimizer: adamW({ ...runBetas, weightDecay }),
      schedule: warmupCosine(runRates({ learningRate, steps })),
      ...(signal && { signal }),
    }),
  );
  try {
    return await score({ ...stage, parameters });
  } finally {
    disposeTree(parameters);
  }
}
