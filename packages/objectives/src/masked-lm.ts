import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { createObjective } from "./create-objective.ts";
import { inPlace } from "./in-place.ts";
import { masking, maskingOptions } from "./masking.ts";
import { type Objective, objective } from "./objective.ts";
import { tokenLoss, tokenLossOptions } from "./token-loss.ts";

const schema = z.strictObject({ ...maskingOptions, ...tokenLossOptions });

/**
 * Masked language modelling, the pretraining of BERT: some tokens of a text are hidden, and each is predicted in its own
 * place. It fits architectures in which all positions of a prefix see each other; nothing can be decoded.
 *
 * @throws {ConfigError} `objective/options`.
 * @source Devlin et al. 2019, §3.1, https://arxiv.org/abs/1810.04805
 * @example
 * ```text
 * text 10 … 14 of which 11 is masked and 14 is kept; every position sees every other
 * reads        10 MASK  12  13  14 EOS
 * predicts     10   11  12  13  14 EOS
 * loss weight   0    1   0   0   1   0
 * ```
 */
export function maskedLm(options: z.input<typeof schema> = {}): Objective<"tokens"> {
  const settings = validateWith(schema, options, { code: "objective/options", what: "masked-lm" });
  const { density, random, kept, taskWeights, labelSmoothing, zLoss, focal } = settings;
  return createObjective({
    name: "masked-lm",
    settings,
    taskWeights,
    corruption: masking({ density, random, kept }),
    layout: inPlace(),
    loss: tokenLoss({ labelSmoothing, zLoss, focal }),
    scoring: () => maskedLm({ density, random, kept }),
  });
}

/** Masked language modelling, for a registry. */
export const maskedLmPlugin = objective("masked-lm", maskedLm, {
  description: "BERT: some tokens are hidden, each is predicted in its own place.",
  schema,
});
