import type { DataType, NamedAttrMap } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import type { NumericValues } from "../backend/tensor-data.ts";
import type { SimdRegistration } from "../register.ts";
import { runKernelOn } from "./run-kernel.ts";

/** An input of a kernel as plain numbers. */
export interface Given {
  readonly shape: number[];
  readonly dtype: DataType;
  readonly values: NumericValues;
}

/** One call of a kernel. */
export interface KernelCall {
  readonly kernelName: string;
  /** A list for kernels that take one (`Concat`). */
  readonly inputs: Readonly<Record<string, Given>> | readonly Given[];
  readonly attributes?: NamedAttrMap;
  /** Whether the accelerated kernel itself should answer; where unsaid, either may. */
  readonly accelerated?: boolean;
}

export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** One output of a kernel as plain numbers. */
export interface KernelResult {
  readonly shape: number[];
  readonly dtype: DataType;
  readonly values: NumericValues;
}

/** Expects a kernel to give on simd what the original gives on cpu, and every buffer to be given back. */
export function expectLikeCpu(simd: SimdRegistration, call: KernelCall, tolerance: Tolerance): void {
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
  actual.forEach(({ values }, index) => {
    expectClose(values, expected[index]!.values, tolerance);
  });
}

/** Expects equal numbers within a tolerance, NaN where NaN is and infinite where infinite. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute, relative }: Tolerance,
): void {
  expect(actual.length).toBe(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const [got, wanted] = [actual[index]!, expected[index]!];
    if (Object.is(got, wanted) || got === wanted) continue;
    const allowed = absolute + relative * Math.abs(wanted);
    if (!(Math.abs(got - wanted) <= allowed))
      expect.fail(`element ${index}: got ${got}, expected ${wanted} within ${allowed}`);
  }
}
