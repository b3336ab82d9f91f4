import { fused } from "@trivium/attention";
import { type KernelTest, kernelChecks } from "@trivium/attention/testing/cases";
import { pageBackends } from "./page-backends.ts";

export interface KernelReport {
  readonly passed: readonly string[];
  /** Name of the check and what it threw. */
  readonly failures: readonly (readonly [name: string, message: string])[];
}

/** Runs the conformance suite of attention kernels over the fused one of a backend in this page. */
export async function main(input: {
  backend: string;
  tolerance: { outputs: number; gradients: number };
  /** The checks to run. */
  checks: readonly KernelTest[];
}): Promise<KernelReport> {
  await pageBackends[input.backend]!.activate();
  const failures: [string, string][] = [];
  const passed: string[] = [];
  for (const name of input.checks) {
    const check = kernelChecks[name]({ kernel: fused(), tolerance: input.tolerance });
    await check.then(
      () => passed.push(name),
      (error: unknown) => failures.push([name, String(error)]),
    );
  }
  return { passed, failures };
}
