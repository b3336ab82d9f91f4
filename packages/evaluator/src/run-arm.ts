import type { AttentionKernel } from "@trivium/attention";
import type { Batch, BatchSource } from "@trivium/features";
import {
  type Architecture,
  createModel,
  type LanguageModel,
  languageTask,
  type ModelOptions,
  trainingFlops,
} from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import { disposeTree, type ParameterTree } from "@trivium/tensor";
import { consume, type StepEvent, type TrainEvent, type TrainOptions, type TrainResult, train } from "@trivium/trainer";
import { type EvaluateEvent, type Evaluation, type ExampleScores, evaluate, evaluateExamples } from "./evaluate.ts";
import type { EvaluateOptions } from "./evaluate-options.ts";
import { relay } from "./relay.ts";

/** A model, its configuration and the objective that it is trained with. */
export interface Arm {
  /** Unique: `"encoder-decoder, shared"`. */
  readonly name: string;
  readonly architecture: Architecture;
  readonly config: ModelOptions;
  readonly objective: Objective;
}

type ScoringOptions = Pick<
  EvaluateOptions,
  | "special"
  | "tokenizer"
  | "heldOut"
  | "decodeTarget"
  | "decoded"
  | "beam"
  | "metrics"
  | "shown"
  | "maximumTokens"
  | "signal"
>;
type TrainingOptions = Pick<TrainOptions<Batch>, "steps" | "seed" | "optimizer" | "schedule" | "clipNorm">;

/** The options of training and scoring an arm; all arms of a comparison share them. */
export interface ArmRunOptions extends ScoringOptions, TrainingOptions {
  readonly attention: AttentionKernel;
  /** The same examples in the same order, as an objective converts them. */
  readonly batches: (objective: Objective) => BatchSource<Batch>;
  /** Parameters to start from, which the training consumes. Default: fresh ones from the seed. */
  readonly parameters?: ParameterTree | undefined;
  /** Points of each learning curve, with held-out loss on the first 512 examples. Default 8. */
  readonly curvePoints?: number | undefined;
  /** Looks at the trained model before its parameters are disposed. */
  readonly inspect?: ((trained: TrainedModel) => AsyncGenerator<InspectEvent, void>) | undefined;
}

/** A point of a learning curve, on each of the four axes. */
export interface CurvePoint {
  readonly step: number;
  readonly tokensSeen: number;
  readonly tokensSupervised: number;
  readonly flops: number;
  readonly seconds: number;
  readonly trainLoss: number;
  /** Nats per target token on the first held-out examples. */
  readonly targetLoss: number;
}

/** The costs and scores of one arm. */
export interface ArmReport extends Evaluation {
  readonly name: string;
  readonly architecture: string;
  readonly objective: string;
  readonly parameters: number;
  /** FLOPs of training, counted from the shapes by `trainingFlops`. */
  readonly flops: number;
  readonly tokensSeen: number;
  readonly tokensSupervised: number;
  /** Seconds of training alone. */
  readonly seconds: number;
  readonly tokensPerSecond: number;
  readonly config: LanguageModel["config"];
  readonly curve: readonly CurvePoint[];
}

/** The progress of an inspection of the trained model. */
export interface InspectEvent {
  readonly type: "inspect";
  readonly done: number;
  readonly total: number;
  readonly note?: string | undefined;
}

/** An event of training, evaluating or inspecting an arm. */
export type ArmEvent =
  | { readonly type: "train"; readonly arm: string; readonly event: TrainEvent }
  | { readonly type: "evaluate"; readonly arm: string; readonly event: EvaluateEvent }
  | { readonly type: "inspect"; readonly arm: string; readonly event: InspectEvent };

/** A trained model. Its parameters are borrowed: the owner disposes them. */
export interface TrainedModel {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
}

/** An arm's report with the contribution of each held-out example. */
export interface ArmRun {
  readonly report: ArmReport;
  readonly examples: ExampleScores;
}

/**
 * Trains one arm and scores it.
 *
 * @returns nothing if the signal aborts.
 * @throws {ConfigError} `model/config`; what `train`, `evaluateExamples` and `inspect` throw.
 * @example const run = await consume(runArm(arm, options));
 */
export async function* runArm(arm: Arm, options: ArmRunOptions): AsyncGenerator<ArmEvent, ArmRun | undefined> {
  const model = createModel({ architecture: arm.architecture, config: arm.config, attention: options.attention });
  const curve: CurvePoint[] = [];
  const trained = yield* trainArm(arm, model, { options, curve });
  try {
    if (trained.result.reason === "aborted") return undefined;
    const { parameters } = trained.result;
    const { evaluation, examples } = yield* relay(
      evaluateExamples({ ...options, model, parameters, objective: arm.objective }),
      (event) => ({ type: "evaluate", arm: arm.name, event }) as const,
    );
    // Aborted, an evaluation ends early: its numbers are of a part of the examples.
    if (options.signal?.aborted) return undefined;
    if (options.inspect) {
      const inspection = options.inspect({ model, parameters });
      yield* relay(inspection, (event) => ({ type: "inspect", arm: arm.name, event }) as const);
    }
    return { report: reportOf(arm, model, { trained, evaluation, curve }), examples };
  } finally {
    disposeTree(trained.result.parameters);
  }
}

interface Reported {
  readonly trained: TrainedArm;
  readonly evaluation: Evaluation;
  readonly curve: readonly CurvePoint[];
}

function reportOf(arm: Arm, model: LanguageModel, { trained, evaluation, curve }: Reported): ArmReport {
  const costs = costsOf(trained.totals);
  return {
    name: arm.name,
    architecture: arm.architecture.name,
    objective: arm.objective.name,
    parameters: trained.parameters,
    ...costs,
    tokensPerSecond: costs.tokensSeen / costs.seconds,
    ...evaluation,
    config: model.config,
    curve,
  };
}

interface TrainedArm {
  readonly result: TrainResult;
  readonly parameters: number;
  readonly totals: StepEvent["totals"];
}

async function* trainArm(
  arm: Arm,
  model: LanguageModel,
  { options, curve }: { options: ArmRunOptions; curve: CurvePoint[] },
): AsyncGenerator<ArmEvent, TrainedArm> {
  const { steps, seed, parameters: start, optimizer, schedule, clipNorm, signal, curvePoints = 8 } = options;
  const few = { ...options, model, objective: arm.objective, heldOut: options.heldOut.slice(0, 512), decoded: 0 };
  const stream = train({
    task: languageTask({ model, objective: arm.objective, flops: trainingFlops(arm.architecture, arm.config) }),
    batches: options.batches(arm.objective),
    optimizer,
    schedule,
    steps,
    seed,
    parameters: start,
    evaluate: {
      every: Math.max(1, Math.ceil(steps / curvePoints)),
      onFailure: "stop",
      run: async (parameters) => ({ targetLoss: (await consume(evaluate({ ...few, parameters }))).targetLoss }),
    },
    clipNorm,
    signal,
  });
  let parameters = 0;
  let last: StepEvent | undefined;
  let totals: TrainedArm["totals"] | undefined;
  const result = yield* relay(stream, (event) => {
    if (event.type === "started") parameters = event.parameters;
    if (event.type === "step") last = event;
    if (event.type === "stopped") totals = event.totals;
    if (event.type === "evaluated" && last) curve.push(curvePoint(last, event.metrics.targetLoss ?? Number.NaN));
    return { type: "train", arm: arm.name, event } as const;
  });
  return { result, parameters, totals: totals as TrainedArm["totals"] };
}

/** The point of a step, with the held-out loss after it. */
export const curvePoint = ({ step, loss, totals }: StepEvent, targetLoss: number): CurvePoint => ({
  step,
  ...costsOf(totals),
  trainLoss: loss,
  targetLoss,
});

const costsOf = ({ seenTokens, supervisedTokens, flops = 0, seconds }: StepEvent["totals"]) => ({
  tokensSeen: seenTokens,
  tokensSupervised: supervisedTokens,
  flops,
  seconds,
});
