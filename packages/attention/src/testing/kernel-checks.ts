import { causal, custom, full, not, or, padding, prefix } from "@trivium/masks";
import { tf } from "@trivium/tensor";
import { expect } from "vitest";
import type { AttentionKernel } from "../attention-kernel.ts";
import { reference } from "../reference.ts";
import { attentionInFloat64 } from "./attention-in-float64.ts";
import { type CaseProblem, caseProblem, type PlainInputs, uploadInputs } from "./case-problem.ts";
import { biasKinds, describeCase, type KernelCase, maskKinds, randomCases } from "./kernel-case.ts";
import { gradientsOf, greatestError, outputOf } from "./run-case.ts";

export interface KernelCheckContext {
  readonly kernel: AttentionKernel;
  readonly tolerance: { readonly outputs: number; readonly gradients: number };
}

type Outcome = "not supported" | undefined;
type Check = (context: KernelCheckContext) => Outcome;

const base: KernelCase = {
  shape: { B: 2, H: 4, G: 2, Q: 13, K: 13, D: 5 },
  mask: "causal",
  bias: "none",
  seed: 7,
};

/** Every mask with every bias, then mixed ones. */
const allCases: readonly KernelCase[] = [
  ...maskKinds.flatMap((mask) => biasKinds.map((bias) => ({ ...base, mask, bias }))),
  { ...base, shape: { B: 1, H: 1, G: 1, Q: 1, K: 1, D: 1 }, mask: "full" },
  { ...base, shape: { ...base.shape, Q: 3, K: 17 }, mask: "padding" },
  { ...base, shape: { ...base.shape, Q: 17, K: 3 }, mask: "full", bias: "relative, both ways" },
  { ...base, mask: "prefix", bias: "relative, both ways", dropout: { rate: 0.5, seed: -3 } },
  ...randomCases(40, 20),
];

/** Runs `check` on every case that the kernel supports. */
function onCases(cases: readonly KernelCase[], check: (problem: CaseProblem, one: KernelCase) => void): Check {
  return ({ kernel }) => {
    let ran = 0;
    for (const one of cases) {
      const problem = caseProblem(one);
      if (kernel.supports(problem.needs) !== true) continue;
      check(problem, one);
      ran++;
    }
    return ran === 0 ? "not supported" : undefined;
  };
}
