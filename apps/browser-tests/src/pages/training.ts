import { fused, reference } from "@trivium/attention";
import { tf } from "@trivium/tensor";
import { trainingLosses } from "../training-steps.ts";
import { pageBackends } from "./page-backends.ts";

export interface TrainingInput {
  readonly backend: string;
  readonly arm: string;
  readonly steps: number;
  /** Default: "reference". */
  readonly attention?: "fused" | "reference";
}

export interface TrainingReport {
  readonly isolated: boolean;
  readonly active: string;
  readonly losses: readonly number[];
}

/** Takes training steps in this page. */
export async function main({ backend, arm, steps, attention }: TrainingInput): Promise<TrainingReport> {
  await pageBackends[backend]!.activate();
  const kernel = attention === "fused" ? fused() : reference();
  const losses = await trainingLosses(arm, steps, { attention: kernel });
  return { isolated: crossOriginIsolated, active: tf.getBackend(), losses };
}
