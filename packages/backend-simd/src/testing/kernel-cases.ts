import type fc from "fast-check";
import { elementwiseCases } from "./elementwise-cases.ts";
import type { KernelCall, Tolerance } from "./kernel-pair.ts";
import { movementCases } from "./movement-cases.ts";
import { rowCases } from "./row-cases.ts";

/** Random calls of a kernel, and how far it may be from the original. */
export interface KernelCase {
  readonly calls: fc.Arbitrary<KernelCall>;
  /** Default: equal bits. */
  readonly tolerance?: Tolerance | undefined;
  /** Number of float32 roundings that a term of a sum passes through in a call, on both sides together. Default 0. */
  readonly roundings?: ((call: KernelCall) => number) | undefined;
}

/** Random calls of every accelerated kernel that has a cpu original. */
export const kernelCases: Readonly<Record<string, KernelCase>> = { ...elementwiseCases, ...rowCases, ...movementCases };
