/** The conformance suite without a test framework: what runs in a page. */
export { type KernelTest, kernelChecks, kernelTests, kernelTolerance } from "./testing/kernel-checks.ts";
export type { KernelCheck, KernelCheckContext } from "./testing/supported-cases.ts";
