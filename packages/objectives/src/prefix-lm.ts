import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { createObjective } from "./create-objective.ts";
import { joined } from "./joined.ts";
import { type Objective, objective } from "./objective.ts";
import { randomSplit } from "./random-split.ts";
import { tokenLoss, tokenLossOptions } from "./token-loss.ts";

const schema = z.strictObject(tokenLossOptions);

/**
 * Prefix language modelling: loss on what follows the prefix only. The prefix of a pair is all before its target; a text
 * without a source is cut at random, and the last token of the prefix predicts the first one after it.
 *
 * @source Raffel et al. 2020, §3.2.3, https://arxiv.org/abs/1910.10683
 * @example
 * ```text
 * source 10 11, target 12; SEP and EOS frame; a mask under a prefix of 3 (x sees)
 * reads        10  11 SEP  12
 * predicts     11 SEP  12 EOS
 * loss weight   0   0   1   1
 * 10            x   x   x   .
 * 11            x   x   x   .
 * SEP           x   x   x   .
 * 12            x   x   x   x
 * ```
 */
export function prefixLm(options: z.input<typeof schema> = {}): Objective<"tokens"> {
  const settings = validateWith(schema, options, { code: "objective/options", what: "prefix-lm" });
  return createObjective({
    name: "prefix-lm",
    settings,
    taskWeights: settings.taskWeights,
    corruption: randomSplit(),
    layout: joined({ loss: "target", prefix: "source" }),
    loss: tokenLoss(settings),
    scoring: () => prefixLm(),
  });
}

/** Prefix language modelling, for a registry. */
export const prefixLmPlugin = objective("prefix-lm", prefixLm, {
  description: "Loss on what follows the prefix only; texts without a source are cut at random.",
  schema,
});
