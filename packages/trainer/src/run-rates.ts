/** A run of known length, with the highest rate that it shall have. */
export interface RunRates {
  readonly learningRate: number;
  readonly steps: number;
  /** Default: a tenth of the steps. */
  readonly warmupSteps?: number | undefined;
}

/**
 * What `warmupCosine` is given where nothing else is wanted: a tenth of the steps to warm up, and a fiftieth of the peak
 * at the end.
 *
 * @example runRates({ learningRate: 1e-3, steps: 100 }) // => { peak: 0.001, warmupSteps: 10, steps: 100, floor: 0.00002 }
 */
export const runRates = ({
  learningRate: peak,
  steps,
  warmupSteps,
}: RunRates): Record<"peak" | "warmupSteps" | "steps" | "floor", number> => ({
  peak,
  // Of a single step nothing is left after a warm-up.
  warmupSteps: warmupSteps ?? Math.min(steps - 1, Math.ceil(steps / 10)),
  steps,
  floor: peak * 0.02,
});

/** What `adamW` is given where nothing else is wanted. */
export const runBetas = { beta1: 0.9, beta2: 0.98 } as const;
