import { beforeAll, describe, test } from "vitest";
import type { AttentionKernel } from "../attention-kernel.ts";
import { type KernelTest, kernelChecks, kernelTests, kernelTolerance } from "./kernel-checks.ts";
import type { KernelCheckContext } from "./supported-cases.ts";

export interface DescribeKernelOptions {
  /** What the test report calls it: `"blockwise on simd"`. */
  readonly label: string;
  /** Makes the tensor backend current on which the kernel is to run. */
  readonly activate: () => Promise<void>;
  /** The greatest `|difference| / (1 + |expected|)` that passes. Default, for float32: outputs 1e-5, gradients 5e-5. */
  readonly tolerance?: Partial<KernelCheckContext["tolerance"]>;
  /** Tests that do not apply, by name, each with the reason. */
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly KernelTest[] }[];
}

/**
 * The conformance suite of attention kernels: run it over your own, on every backend.
 *
 * Cases that the kernel's `supports` refuses are left out; a test of which none remains is reported as skipped.
 *
 * @example describeKernel(mine(), { label: "mine on cpu", activate: async () => void (await tf.setBackend("cpu")) })
 */
export function describeKernel(kernel: AttentionKernel, options: DescribeKernelOptions): void {
  const { label, activate, tolerance, skip = [] } = options;
  const context = { kernel, tolerance: { ...kernelTolerance, ...tolerance } };
  describe(`attention kernel ${label}`, () => {
    beforeAll(activate);
    for (const title of kernelTests) {
      const reason = skip.find(({ tests }) => tests.includes(title))?.reason;
      if (reason !== undefined) test.skip(`${title} (${reason})`, () => {});
      else {
        test(title, async ({ skip }) => {
          if ((await kernelChecks[title](context)) === "not supported")
            skip(`${kernel.name} supports none of these cases`);
        });
      }
    }
  });
}
