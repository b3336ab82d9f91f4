import { type Network, planStep, type StepPlan, type StepWork } from "@trivium/distributed";
import { duration } from "./duration.ts";

/** The plan of a step on a number of ranks, and its efficiency if something were different. */
export interface PlanRow extends StepPlan {
  readonly ranks: number;
  /** The largest part of the time that is no computing. */
  readonly limit: string;
  /** Efficiency with eight times as many examples in a step. */
  readonly accumulated: number;
  /** Efficiency if what is sent were bf16. */
  readonly halved: number;
  /** Efficiency if sending went on beside computing. */
  readonly overlapped: number;
}

/** Returns the row of a number of ranks. */
export function planRow(work: StepWork, network: Network, ranks: number): PlanRow {
  // Ranks take whole shards, so there are at least as many, and a multiple of them.
  const shards = ranks * Math.max(1, Math.round(work.shards / ranks));
  const planned = (changes: Partial<StepWork>) => planStep({ ...work, shards, ...changes }, network, ranks);
  const plan = planned({});
  const { compute, wait, transfer, latency, host } = plan;
  const parts = Object.entries({ wait, transfer, latency, host }).sort(([, a], [, b]) => b - a);
  return {
    ranks,
    ...plan,
    limit: ranks === 1 ? "" : parts[0]![0],
    accumulated: planned({ seconds: 8 * work.seconds }).efficiency,
    halved: planned({ bytes: 2 }).efficiency,
    overlapped: compute / (Math.max(compute + wait, transfer) + latency + host),
  };
}

/** Writes the seconds of a step. */
export const stepTime = (seconds: number): string =>
  seconds < 1 ? `${Number((1000 * seconds).toPrecision(3))} ms` : duration(seconds);

const percent = (share: number): string => (100 * share).toFixed(share < 0.1 ? 1 : 0);

/** Returns the cells of a table of plans, the first row as heading. */
export function planCells(rows: readonly PlanRow[]): string[][] {
  const heading = ["ranks", "step", "times faster", "efficient %", "limit", "8 batches %", "bf16 %", "overlap %"];
  const lines = rows.map(({ ranks, seconds, efficiency, limit, accumulated, halved, overlapped }) => [
    ranks.toLocaleString("en"),
    stepTime(seconds),
    (ranks * efficiency).toFixed(1),
    percent(efficiency),
    limit,
    ...[accumulated, halved, overlapped].map(percent),
  ]);
  return [heading, ...lines];
}
