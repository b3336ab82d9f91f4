import { agreementChecks } from "./agreement-checks.ts";
import { invariantChecks } from "./invariant-checks.ts";
import { checkOddKeys } from "./odd-key-checks.ts";
import { checkPages } from "./page-checks.ts";
import type { KernelCheck } from "./supported-cases.ts";

const checks = {
  ...agreementChecks,
  ...invariantChecks,
  "keys that a mask hides have no influence, infinite or NaN, on outputs and gradients": checkOddKeys,
  "over pages it is attention over rows, bit for bit the same alone, in company and after a fork": checkPages,
};

/** The name of a check of the conformance suite. */
export type KernelTest = keyof typeof checks;

/**
 * The conformance suite of attention kernels without a test framework: what runs in a page. Each check runs on the active
 * backend, rejects where a kernel is wrong, and tells if the kernel supports none of its cases.
 */
export const kernelChecks: Readonly<Record<KernelTest, KernelCheck>> = checks;

/** The names of the suite's checks. */
export const kernelTests = Object.keys(checks) as readonly KernelTest[];

/** The greatest `|difference| / (1 + |expected|)` that passes on a backend of float32. */
export const kernelTolerance = { outputs: 1e-5, gradients: 5e-5 } as const;
