import type fc from "fast-check";
import type { KernelCall } from "./kernel-call.ts";
import type { Tolerance } from "./kernel-pair.ts";

/** Random calls of a kernel, and how far it may be from the original. */
export interface KernelCase {
  readonly calls: fc.Arbitrary<KernelCall>;
  /** Default: equal bits. */
  readonly tolerance?: Tolerance | undefined;
  /** Number of float32 roundings that a term of a sum passes through in a call, on both sides together. Default 0. */
  readonly roundings?: ((call: KernelCall) => number) | undefined;
}
