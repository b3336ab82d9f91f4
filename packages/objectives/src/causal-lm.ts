import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { createObjective } from "./create-objective.ts";
import { joined } from "./joined.ts";
import { none } from "./none.ts";
import { type Objective, objective } from "./objective.ts";
import { randomSplit } from "./random-split.ts";
import { tokenLoss, tokenLossOptions } from "./token-loss.ts";

const schema = z.strictObject({
  /** Predict every token, the source's too, or the target's only. */
  loss: z.enum(["all", "target"]).default("all"),
  ...tokenLossOptions,
});

/**
 * Causal language modelling: each token predicts the next one. A text without a source has no prefix, in training, in
 * prompts and in scoring alike.
 *
 * @param options.loss - `"all"` (the classical objective) or `"target"` (the source is context only).
 * @source Radford et al. 2018; loss on the target only: Liu et al. 2018 give both
 * @example
 * ```text
 * source 10 11, target 12; SEP and EOS frame; a mask from left to right (x sees)
 * reads                10  11 SEP  12
 * predicts             11 SEP  12 EOS
 * loss weight, all      1   1   1   1
 * loss weight, target   0   0   1   1
 * 10                    x   .   .   .
 * 11                    x   x   .   .
 * SEP                   x   x   x   .
 * 12                    x   x   x   x
 * ```
 */
export function causalLm(options: z.input<typeof schema> = {}): Objective<"tokens"> {
  const settings = validateWith(schema, options, { code: "objective/options", what: "causal-lm" });
  const { loss, taskWeights, ...lossOptions } = settings;
  return createObjective({
    name: "causal-lm",
    settings,
    taskWeights,
    corruption: none(),
    layout: joined({ loss, prefix: "framed" }),
    loss: tokenLoss(lossOptions),
    scoring: causalScoring,
  });
}

/**
 * Loss on the tokens that prefix-lm would supervise, at the positions that training gave them: a text without a source
 * has no prefix here, wherever it is cut.
 */
function causalScoring(): Objective<"tokens"> {
  const settings = schema.parse({ loss: "target" });
  const { loss, ...lossOptions } = settings;
  return createObjective({
    name: "causal-lm",
    settings,
    corruption: randomSplit(),
    layout: joined({ loss, prefix: "framed" }),
    loss: tokenLoss(lossOptions),
    scoring: causalScoring,
  });
}

/** Causal language modelling, for a registry. */
export const causalLmPlugin = objective("causal-lm", causalLm, {
  description: "Each token predicts the next: loss on everything, or on the target only.",
  schema,
});
