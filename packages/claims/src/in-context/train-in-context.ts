import type { AttentionKernel } from "@trivium/attention";
import { createRandom, type Random } from "@trivium/core";
import { type CurvePoint, curvePoint, relay } from "@trivium/evaluator";
import { batchesByStep } from "@trivium/features";
import {
  type Architecture,
  createVectorModel,
  factorsOf,
  type VectorModel,
  type VectorModelOptions,
} from "@trivium/model";
import { disposeTree } from "@trivium/tensor";
import { adamW, type TrainEvent, type TrainOptions, type TrainResult, train, warmupCosine } from "@trivium/trainer";
import { meanOf } from "../trained/mean-of.ts";
import { drawSequences, type InContextSequence, type SequenceOptions } from "./draw-sequence.ts";
import { inContextArchitecture } from "./in-context-architecture.ts";
import { scoreQueries } from "./score-queries.ts";
import { squaredError } from "./squared-error.ts";
import { type VectorBatch, vectorBatch, vectorInput } from "./vector-batch.ts";

/** The architecture, sequences and budget of training in context. */
export interface InContextTrainingOptions {
  readonly architecture: Architecture;
  readonly attention: AttentionKernel;
  readonly sequences: SequenceOptions;
  /** Layers, widths, heads. Default: 4 layers, 64 wide, 4 heads. */
  readonly config?: Omit<VectorModelOptions, "inputs" | "outputs" | "length"> | undefined;
  readonly steps: number;
  /** The highest rate: warm-up over a fifth of the steps, then half a cosine. */
  readonly learningRate: number;
  /** New sequences of each step. Default 64. */
  readonly batchSize?: number | undefined;
  /** Sequences that the model is scored on. Default 512. */
  readonly heldOut?: number | undefined;
  /** Points of the learning curve. Default 8. */
  readonly curvePoints?: number | undefined;
  /** The seed of the initial parameters and of every draw. Draws are the same for all architectures. */
  readonly seed: number | string;
  readonly signal?: AbortSignal | undefined;
}

/** The errors of an architecture that was trained to learn in context. */
export interface InContextReport {
  readonly architecture: string;
  readonly task: string;
  readonly parameters: number;
  /** Squared error of each held-out sequence, as a mean over its queries. All architectures have the same sequences. */
  readonly errors: readonly number[];
  /** Fraction of each held-out sequence's queries whose largest output is a wrong one. Absent for a single output. */
  readonly misclassified?: readonly number[] | undefined;
  /** The losses are squared errors on queries, those of the target on the held-out sequences. */
  readonly curve: readonly CurvePoint[];
}

/**
 * Trains a softmax transformer to learn in context: every sequence has a rule of its own, every step new sequences, and
 * the squared error on the queries is the loss. A token is an example, `(y; x)`, or a query, `(0; x)`.
 *
 * @returns the report; undefined if the signal aborts.
 * @throws {ConfigError} `model/config` or `trainer/options`; {NumericsError} what `train` throws.
 * @source Ding et al. 2024, §5.2, https://arxiv.org/abs/2308.06912, at a size that two cores train in a minute
 * @example
 * const sequences = { task: linearRegression, width: 4, examples: 10, queries: 10 };
 * await consume(trainInContext({ architecture: prefix, attention: fused(), sequences, steps: 50, learningRate: 1e-3, seed: 1 }));
 */
export async function* trainInContext(
  options: InContextTrainingOptions,
): AsyncGenerator<TrainEvent, InContextReport | undefined> {
  const { architecture, attention, sequences, config = {}, seed, heldOut = 512 } = options;
  const { task, examples, queries, width } = sequences;
  const model = createVectorModel({
    architecture: inContextArchitecture(architecture, examples),
    config: { ...defaults, ...config, inputs: task.outputs + width, outputs: task.outputs, length: examples + queries },
    attention,
  });
  const random = createRandom(seed);
  const held = drawSequences(sequences, heldOut, random.split("held-out"));
  const curve: CurvePoint[] = [];
  const events = train(trainOptions(model, held, options, random.split("training")));
  let parameters = 0;
  let last: Extract<TrainEvent, { type: "step" }> | undefined;
  const trained = yield* relay(events, (event) => {
    if (event.type === "started") parameters = event.parameters;
    if (event.type === "step") last = event;
    if (event.type === "evaluated" && last) curve.push(curvePoint(last, event.metrics.error as number));
    return event;
  });
  return reportOf(trained, held, { model, task: task.name, parameters, curve });
}

interface Trained extends Pick<InContextReport, "task" | "parameters" | "curve"> {
  readonly model: VectorModel;
}

/** Scores what was trained, and disposes it. */
async function reportOf(
  { parameters: tree, reason }: TrainResult,
  held: readonly InContextSequence[],
  { model, ...facts }: Trained,
): Promise<InContextReport | undefined> {
  try {
    if (reason === "aborted") return undefined;
    return { architecture: model.architecture.name, ...facts, ...(await scoreQueries(model, tree, held)) };
  } finally {
    disposeTree(tree);
  }
}

const defaults = { layers: 4, width: 64, heads: 4 };

function trainOptions(
  model: VectorModel,
  held: readonly InContextSequence[],
  options: InContextTrainingOptions,
  random: Random,
): TrainOptions<VectorBatch> {
  const { architecture, sequences, steps, learningRate, batchSize = 64, curvePoints = 8, seed, signal } = options;
  const flops = 3 * model.forwardFlops({ lengths: lengthsOf(options), prefixLength: sequences.examples });
  return {
    task: {
      specs: model.specs,
      counts: ({ size, supervisedTokens, seenTokens }) => ({ supervisedTokens, seenTokens, flops: size * flops }),
      describe: () => ({ architecture: architecture.name, model: model.config, objective: { name: "squared-error" } }),
      createParameters: (initial) => model.createParameters(initial),
      loss: (tree, batch) => squaredError(factorsOf(model, tree, vectorInput(batch)), batch),
    },
    batches: batchesByStep((step) => [
      vectorBatch(drawSequences(sequences, batchSize, random.split(step)), architecture.streams),
    ]),
    // As the paper has them; its weights do not decay.
    optimizer: adamW({ beta2: 0.999, epsilon: 1e-7, weightDecay: 0 }),
    schedule: warmupCosine({ peak: learningRate, warmupSteps: Math.ceil(steps / 5), steps }),
    steps,
    seed,
    clipNorm: 1,
    evaluate: {
      every: Math.max(1, Math.ceil(steps / curvePoints)),
      onFailure: "stop",
      run: async (parameters) => ({ error: meanOf((await scoreQueries(model, parameters, held)).errors) }),
    },
    signal,
  };
}

function lengthsOf({ architecture: { streams }, sequences: { examples, queries } }: InContextTrainingOptions) {
  const lengths = streams.length === 1 ? [examples + queries] : [examples, queries];
  return Object.fromEntries(streams.map((stream, index) => [stream, lengths[index] as number]));
}
