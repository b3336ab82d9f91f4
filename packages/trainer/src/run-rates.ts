/** Length and highest rate of a run. */
export interface RunRates {
  readonly learningRate: number;
  readonly steps: number;
  /** Default: a tenth of the steps. */
  readonly warmupSteps?: number | undefined;
}

/**
 * Default options of `warmupCosine` for a run: a tenth of the steps to warm up, and a fiftieth of the peak at the end.
 *
 * @example runRates({ learningRate: 1e-3, steps: 100 }) // => { peak: 0.001, warmupSteps: 10, steps: 100, floor: 0.00002 }
 */
export const runRates = ({
  learningRate: peak,
  steps,
  warmupSteps,
}: RunRates): Record<"peak" | "warmupSteps" | "steps" | "floor", number> => ({
  peak,
  // A single step leaves nothing after a warm-up.
  warmupSteps: warmupSteps ?? Math.min(steps - 1, Math.ceil(steps / 10)),
  steps,
  floor: peak * 0.02,
});

/** Default betas of `adamW`. */
export const runBetas = { beta1: 0.9, beta2: 0.98 } as const;
