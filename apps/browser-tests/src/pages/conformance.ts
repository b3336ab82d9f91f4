import { tf } from "@trivium/tensor";
import { backendCases } from "@trivium/tensor/testing/cases";
import { pageBackends } from "./page-backends.ts";

export interface ConformanceReport {
  readonly isolated: boolean;
  /** The backend that tfjs had active. */
  readonly active: string;
  readonly passed: number;
  /** Name of the case and what it threw. */
  readonly failures: readonly (readonly [name: string, message: string])[];
}

/** Runs the conformance suite of backends in this page. */
export async function main({ backend }: { backend: string }): Promise<ConformanceReport> {
  await pageBackends[backend]!.activate();
  const failures: [string, string][] = [];
  for (const { name, run } of backendCases) {
    await run().catch((error: unknown) => failures.push([name, String(error)]));
  }
  return {
    isolated: crossOriginIsolated,
    active: tf.getBackend(),
    passed: backendCases.length - failures.length,
    failures,
  };
}
