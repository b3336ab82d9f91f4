/** When a run counts as diverged. */
export interface DivergenceOptions {
  /** Multiplies the best smoothed loss. Default 1.5. */
  readonly factor?: number;
  /** Nats added to that, so that a loss near 0 may jitter. Default 1. */
  readonly margin?: number;
  /** For how many steps in a row. Default 20. */
  readonly patience?: number;
  /** The share of the old value in the smoothed loss, in [0, 1). Default 0.9. */
  readonly smoothing?: number;
}

/** What is remembered of the losses so far, as plain JSON. */
export interface LossHistory {
  /** Exponentially smoothed loss; null before the first step. */
  readonly smoothed: number | null;
  /** The lowest value that it had. */
  readonly best: number | null;
  /** For how many steps in a row the loss has been too high. */
  readonly tooHigh: number;
}

export const noHistory: LossHistory = { smoothed: null, best: null, tooHigh: 0 };

/** The history after one more loss. */
export function withLoss(history: LossHistory, loss: number, options: DivergenceOptions = {}): LossHistory {
  const { factor = 1.5, margin = 1, smoothing = 0.9 } = options;
  const smoothed = history.smoothed === null ? loss : smoothing * history.smoothed + (1 - smoothing) * loss;
  const best = Math.min(history.best ?? smoothed, smoothed);
  return { smoothed, best, tooHigh: loss > factor * best + margin ? history.tooHigh + 1 : 0 };
}

/** Whether the loss has been above `factor · best + margin` for `patience` steps in a row. */
export const hasDiverged = (history: LossHistory, { patience = 20 }: DivergenceOptions = {}): boolean =>
  history.tooHigh >= patience;
