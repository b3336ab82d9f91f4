import fc from "fast-check";
import { describe, test } from "vitest";
import { registerSimdBackend } from "../register.ts";
import type { KernelCall } from "../testing/kernel-call.ts";
import { kernelCases } from "../testing/kernel-cases.ts";
import { expectLikeCpu, type Tolerance } from "../testing/kernel-pair.ts";

/** Each kernel as it ships, cut into single work units at odd addresses, and in the build without fused multiply-add. */
const variants = [
  registerSimdBackend("simd-default", { poison: true }),
  registerSimdBackend("simd-split", { poison: true, splitUnits: 1, misalignBytes: 4, threads: 1 }),
  registerSimdBackend("simd-plain", { poison: true, build: "plain", misalignBytes: 12 }),
];

const exact: Tolerance = { absolute: 0, relative: 0 };

describe.for(variants.map((variant) => [variant.name, variant] as const))("%s", ([, variant]) => {
  test.for(Object.entries(kernelCases))(
    "%s gives what the cpu original gives",
    ([, { calls, tolerance = exact, roundings }]) => {
      fc.assert(
        fc.property(calls, (call: KernelCall) =>
          expectLikeCpu(variant, call, { tolerance, roundings: roundings?.(call) }),
        ),
        { numRuns: 60 },
      );
    },
  );
});
