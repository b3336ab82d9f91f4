import { arms, trainingLosses } from "../training-steps.ts";
import { pageBackends } from "./page-backends.ts";

export interface ThreadsReport {
  readonly isolated: boolean;
  /** Losses by backend, then by architecture. */
  readonly losses: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

/** Takes the same training steps of each architecture on several backends. */
export async function main(input: { backends: readonly string[]; steps: number }): Promise<ThreadsReport> {
  const losses: Record<string, Record<string, readonly number[]>> = {};
  for (const name of input.backends) {
    await pageBackends[name]!.activate();
    losses[name] = {};
    for (const arm of Object.keys(arms)) losses[name][arm] = await trainingLosses(arm, input.steps);
  }
  return { isolated: globalThis.crossOriginIsolated, losses };
}
