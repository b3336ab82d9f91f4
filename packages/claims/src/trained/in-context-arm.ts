import {
  type ArmProgress,
  type ClaimArm,
  type CurvePoint,
  type InContextReport,
  linearRegression,
  trainInContext,
} from "@trivium/evaluator";

/** What is trained, and for how long. */
export interface TrainedSettings {
  readonly architecture: string;
  readonly steps: number;
  readonly seed: number;
  /** The same arm once more, computed anew. */
  readonly repeat?: number;
}

export type TrainedNumbers = {
  readonly parameters: number;
  /** The squared error of each held-out sequence, mean over its queries. */
  readonly errors: readonly number[];
};

/** The sizes at which the paper's contrast fits two cores: 0.2M parameters. */
const sizes = { width: 4, examples: 10, queries: 10 };
const config = { layers: 4, width: 64, heads: 4 };
const [learningRate, batchSize, heldOut] = [4e-3, 64, 512];

/** A softmax transformer trained on new linear regressions in every step. */
export const trainedArm = (name: string, settings: TrainedSettings): ClaimArm<TrainedNumbers> => ({
  name,
  configuration: {
    ...{ type: "in-context-learning/trained", version: 1, task: linearRegression.name },
    ...{ sizes, config, learningRate, batchSize, heldOut, ...settings },
  },
  async *run(context) {
    const { architecture, steps, seed } = settings;
    const stream = trainInContext({
      ...{ architecture: context.architecture(architecture), attention: context.attention, config },
      ...{ sequences: { task: linearRegression, ...sizes }, steps, learningRate, batchSize, heldOut, seed },
      ...(context.signal && { signal: context.signal }),
    });
    let next = await stream.next();
    for (; !next.done; next = await stream.next()) {
      const event = next.value;
      if (event.type === "step") yield progressOf(event, steps);
    }
    context.signal?.throwIfAborted();
    const { parameters, errors, curve } = next.value as InContextReport;
    return { numbers: { parameters, errors }, curve: curve as readonly CurvePoint[] };
  },
});

const progressOf = ({ step, loss }: { step: number; loss: number }, steps: number): ArmProgress => ({
  done: step,
  total: steps,
  note: `loss ${loss.toFixed(4)}`,
});
