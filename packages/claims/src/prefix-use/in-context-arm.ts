import { type ClaimArm, linearRegression, trainInContext } from "@trivium/evaluator";
import type { TrainEvent } from "@trivium/trainer";

const sequences = { width: 4, examples: 10, queries: 10 };
const config = { layers: 4, width: 64, heads: 4 };
const training = { learningRate: 4e-3, batchSize: 64, heldOut: 512 };

/** What an architecture learns to learn from ten examples. */
export type InContextNumbers = {
  readonly parameters: number;
  /** The squared error of each held-out sequence, mean over its queries. */
  readonly errors: readonly number[];
};

export interface InContextArmOptions {
  readonly architecture: string;
  readonly steps: number;
  readonly seed: number;
}

/** The error of answering 0: d/3, the variance of `w·x` for inputs uniform in (−1, 1)ᵈ. */
export const zeroError = sequences.width / 3;

/** Linear regression in context, each example one token, learned by a softmax transformer. */
export const inContextArm = ({ architecture, steps, seed }: InContextArmOptions): ClaimArm<InContextNumbers> => ({
  name: architecture,
  configuration: {
    ...{ type: "in-context/trained", version: 1, task: linearRegression.name, architecture },
    ...{ sequences, config, ...training, steps, seed },
  },
  async *run(context) {
    const { signal, attention } = context;
    const stream = trainInContext({
      ...{ architecture: context.architecture(architecture), attention, config, ...training, steps, seed },
      sequences: { task: linearRegression, ...sequences },
      ...(signal && { signal }),
    });
    try {
      for (;;) {
        const { done, value } = await stream.next();
        if (!done) {
          if (value.type === "step") yield progressOf(value, steps);
          continue;
        }
        signal?.throwIfAborted();
        const { parameters, errors, curve } = value as NonNullable<typeof value>;
        return { numbers: { parameters, errors }, curve };
      }
    } finally {
      await stream.return(undefined);
    }
  },
});

const progressOf = ({ step, loss }: Extract<TrainEvent, { type: "step" }>, total: number) => ({
  ...{ done: step, total },
  note: `error ${loss.toFixed(4)}`,
});
