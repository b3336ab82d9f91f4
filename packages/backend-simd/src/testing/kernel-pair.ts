import { expect } from "vitest";
import type { SimdRegistration } from "../register.ts";
import type { Given, KernelCall } from "./kernel-call.ts";
import { runKernelOn } from "./run-kernel.ts";

export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** How far a kernel may be from the original. */
export interface Allowed {
  readonly tolerance: Tolerance;
  /** Number of float32 roundings that a term of a sum passes through, on both sides together. Default 0. */
  readonly roundings?: number | undefined;
}

/**
 * Expects a kernel to give on simd what the original gives on cpu, and every buffer to be given back.
 *
 * Sums may differ by `roundings` units of rounding, 2⁻²⁴, of the sum of the terms' magnitudes, whatever the terms are.
 *
 * @source Higham 2002, Accuracy and Stability of Numerical Algorithms, §4.2, https://doi.org/10.1137/1.9780898718027
 */
export function expectLikeCpu(simd: SimdRegistration, call: KernelCall, { tolerance, roundings = 0 }: Allowed): void {
  const before = simd.use();
  const calls = simd.acceleratedCalls()[call.kernelName]!;
  const actual = runKernelOn(simd.name, call);
  if (call.accelerated !== undefined) {
    expect(simd.acceleratedCalls()[call.kernelName]! - calls).toBe(call.accelerated ? 1 : 0);
  }
  const after = simd.use();
  expect(after.liveBuffers).toBe(before.liveBuffers);
  // The first product allocates its packing buffer for good.
  if (!call.kernelName.includes("MatMul")) expect(after.liveBytes).toBe(before.liveBytes);
  const expected = runKernelOn("cpu", call);
  expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    expected.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  const sizes = roundings > 0 ? runKernelOn("cpu", ofMagnitudes(call)) : undefined;
  actual.forEach(({ values }, index) => {
    const slack = sizes && Array.from(sizes[index]!.values, (size) => roundings * 2 ** -24 * size);
    expectClose(values, expected[index]!.values, tolerance, slack);
  });
}

/** The same sums of the terms' magnitudes; no activation is steeper than none. */
function ofMagnitudes(call: KernelCall): KernelCall {
  const entries = Object.entries(call.inputs).map(([name, given]): [string, Given] => [
    name,
    given.dtype === "float32" ? { ...given, values: given.values.map(Math.abs) } : given,
  ]);
  return { ...call, inputs: Object.fromEntries(entries), attributes: { ...call.attributes, activation: "linear" } };
}

/** Expects equal numbers within a tolerance and each element's own slack, NaN where NaN is and infinite where infinite. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute, relative }: Tolerance,
  slack: readonly number[] = [],
): void {
  expect(actual.length).toBe(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const [got, wanted] = [actual[index]!, expected[index]!];
    if (Object.is(got, wanted) || got === wanted) continue;
    const allowed = absolute + relative * Math.abs(wanted) + (slack[index] ?? 0);
    if (!(Math.abs(got - wanted) <= allowed))
      expect.fail(`element ${index}: got ${got}, expected ${wanted} within ${allowed}`);
  }
}
