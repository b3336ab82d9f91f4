import type { AttentionKernel } from "../attention-kernel.ts";
import { type CaseProblem, caseProblem } from "./case-problem.ts";
import type { KernelCase } from "./kernel-case.ts";

/** What a check of the conformance suite is given. */
export interface KernelCheckContext {
  readonly kernel: AttentionKernel;
  /** The greatest `|difference| / (1 + |expected|)` that passes. */
  readonly tolerance: { readonly outputs: number; readonly gradients: number };
}

/** A check throws where a kernel is wrong; it tells if the kernel supports none of its cases. */
export type KernelCheck = (context: KernelCheckContext) => Promise<"not supported" | "checked">;

/** A case that most checks begin from. */
export const baseCase: KernelCase = {
  shape: { B: 2, H: 4, G: 2, Q: 13, K: 13, D: 5 },
  mask: "causal",
  bias: "none",
  seed: 7,
};

/** Runs `check` on every case that the kernel supports. */
export async function forSupported(
  { kernel }: KernelCheckContext,
  cases: readonly KernelCase[],
  check: (problem: CaseProblem, one: KernelCase) => Promise<void>,
): Promise<"not supported" | "checked"> {
  const problems = cases.map((one) => ({ one, problem: caseProblem(one) }));
  const supported = problems.filter(({ problem }) => kernel.supports(problem.needs) === true);
  for (const { one, problem } of supported) await check(problem, one);
  return supported.length === 0 ? "not supported" : "checked";
}
