import { ConfigError } from "@trivium/core";
import { z } from "zod";

export const bestSchema = z.object({
  /** Name of the metric that tells which evaluation is best. */
  metric: z.string().min(1),
  /** Whether lower or higher values are better. Default `"lower"`. */
  better: z.enum(["lower", "higher"]).optional(),
  /** Number of checkpoints of the best evaluations to keep beside the newest. Default 1. */
  keep: z.int().min(0).optional(),
  /** Number of evaluations in a row without a better value after which the run stops. Default: it goes on. */
  patience: z.int().positive().optional(),
  /** The least difference that counts as better. Default 0. */
  margin: z.number().min(0).optional(),
});

/** The choice of the best evaluation, and what follows from it. */
export type BestOptions = z.input<typeof bestSchema>;

/** A value of the metric, and the step of its evaluation. */
export interface BestStep {
  readonly step: number;
  readonly value: number;
}

/** Evaluations so far, as plain JSON. */
export interface BestSoFar {
  /** The step of the newest evaluation. */
  readonly evaluated: number;
  /** The best evaluations, best first. */
  readonly steps: readonly BestStep[];
  /** Number of evaluations since the best one. */
  readonly waited: number;
}

export const noneSoFar: BestSoFar = { evaluated: 0, steps: [], waited: 0 };

/**
 * Returns the evaluations with one more. A value that is no number is never better.
 *
 * @throws {ConfigError} `trainer/metric` if the evaluation has no such metric, naming those that it has.
 */
export function withMetrics(
  sofar: BestSoFar,
  { step, metrics }: { readonly step: number; readonly metrics: Readonly<Record<string, number>> },
  { metric, better = "lower", keep = 1, margin = 0 }: BestOptions,
): BestSoFar {
  const value = metrics[metric];
  if (value === undefined) {
    const message = `the evaluation has no metric "${metric}"; it has ${Object.keys(metrics).join(", ")}`;
    throw new ConfigError("trainer/metric", message, { details: { metric } });
  }
  const gain = (than: number) => (better === "lower" ? than - value : value - than);
  const [best] = sofar.steps;
  const isBetter = Number.isFinite(value) && (best === undefined || gain(best.value) > margin);
  const place = sofar.steps.findIndex((one) => gain(one.value) > 0);
  const at = place === -1 ? sofar.steps.length : place;
  const steps = Number.isFinite(value) ? sofar.steps.toSpliced(at, 0, { step, value }) : sofar.steps;
  return { evaluated: step, steps: steps.slice(0, Math.max(1, keep)), waited: isBetter ? 0 : sofar.waited + 1 };
}
