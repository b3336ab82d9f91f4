import { z } from "zod";

export const divergenceSchema = z.object({
  /** Factor of the best smoothed loss. Default 1.5. */
  factor: z.number().positive().optional(),
  /** Nats added to that, so that a loss near 0 may jitter. Default 1. */
  margin: z.number().min(0).optional(),
  /** Number of steps in a row with too high a loss. Default 20. */
  patience: z.int().positive().optional(),
  /** The share of the old value in the smoothed loss, in [0, 1). Default 0.9. */
  smoothing: z.number().min(0).lt(1).optional(),
});

/** Condition under which a run counts as diverged. */
export type DivergenceOptions = z.input<typeof divergenceSchema>;

/** Summary of the losses so far, as plain JSON. */
export interface LossHistory {
  /** Exponentially smoothed loss; null before the first step. */
  readonly smoothed: number | null;
  /** Lowest smoothed loss so far. */
  readonly best: number | null;
  /** Number of steps in a row with too high a loss, up to now. */
  readonly tooHigh: number;
}

export const noHistory: LossHistory = { smoothed: null, best: null, tooHigh: 0 };

/** Returns the history after one more loss. */
export function withLoss(history: LossHistory, loss: number, options: DivergenceOptions = {}): LossHistory {
  const { factor = 1.5, margin = 1, smoothing = 0.9 } = options;
  const smoothed = history.smoothed === null ? loss : smoothing * history.smoothed + (1 - smoothing) * loss;
  const best = Math.min(history.best ?? smoothed, smoothed);
  return { smoothed, best, tooHigh: loss > factor * best + margin ? history.tooHigh + 1 : 0 };
}

/** Returns whether the loss has been above `factor · best + margin` for `patience` steps in a row. */
export const hasDiverged = (history: LossHistory, { patience = 20 }: DivergenceOptions = {}): boolean =>
  history.tooHigh >= patience;
