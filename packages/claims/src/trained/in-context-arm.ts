import { relay } from "@trivium/evaluator";
import type { ClaimArm, Preset } from "../framework/claim.ts";
import { stepProgress } from "../framework/step-progress.ts";
import { linearRegression } from "../in-context/in-context-task.ts";
import { trainInContext } from "../in-context/train-in-context.ts";

/** The architecture, preset and seed of training in context. */
export interface InContextSettings {
  readonly architecture: string;
  readonly preset: Preset;
  readonly seed: number;
}

export type InContextNumbers = {
  readonly parameters: number;
  /** The squared error of each held-out sequence, mean over its queries. */
  readonly errors: readonly number[];
};

/** The sizes at which the paper's contrast fits two cores: 0.2M parameters. */
const sizes = { width: 4, examples: 10, queries: 10 };
const config = { layers: 4, width: 64, heads: 4 };
const [learningRate, batchSize, heldOut] = [4e-3, 64, 512];

const steps = { quick: 400, full: 1500 } as const;

/** The error of answering 0: d/3, the variance of `w·x` for inputs uniform in (−1, 1)ᵈ. */
export const zeroError = sizes.width / 3;

/** A softmax transformer trained on new linear regressions in every step, each example one token. */
export function inContextArm({ architecture, preset, seed }: InContextSettings): ClaimArm<InContextNumbers> {
  const settings = { config, learningRate, batchSize, heldOut, steps: steps[preset], seed };
  const task = { type: "in-context/trained", version: 2, task: linearRegression.name, sizes };
  return {
    name: `${architecture}, in context`,
    configuration: { ...task, architecture, ...settings },
    async *run(context) {
      const stream = trainInContext({
        architecture: context.architecture(architecture),
        attention: context.attention,
        ...settings,
        sequences: { task: linearRegression, ...sizes },
        signal: context.signal,
      });
      const report = yield* relay(stream, (event) =>
        event.type === "step" ? stepProgress(event, settings.steps) : undefined,
      );
      context.signal?.throwIfAborted();
      const { parameters, errors, curve } = report as NonNullable<typeof report>;
      return { numbers: { parameters, errors }, curve };
    },
  };
}
