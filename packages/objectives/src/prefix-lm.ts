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
