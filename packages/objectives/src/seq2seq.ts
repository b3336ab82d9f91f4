import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { createObjective } from "./create-objective.ts";
import { type Objective, objective } from "./objective.ts";
import { randomSplit } from "./random-split.ts";
import { separate } from "./separate.ts";
import { tokenLoss, tokenLossOptions } from "./token-loss.ts";

const schema = z.strictObject(tokenLossOptions);

/**
 * Sequence to sequence: the encoder reads the source, the decoder predicts the target (teacher forcing). A text without
 * a source is cut at random into source and target, and an end follows where the text ends.
 *
 * @source Sutskever et al. 2014, https://arxiv.org/abs/1409.3215
 * @example
 * ```text
 * source 10 11, target 12 13; BOS and EOS frame; the target sees the whole source and itself from left to right (x sees)
 * source       10  11 EOS
 * reads       BOS  12  13
 * predicts     12  13 EOS
 * loss weight   1   1   1
 * BOS           x   .   .
 * 12            x   x   .
 * 13            x   x   x
 * ```
 */
export function seq2seq(options: z.input<typeof schema> = {}): Objective<"source" | "target"> {
  const settings = validateWith(schema, options, { code: "objective/options", what: "seq2seq" });
  return createObjective({
    name: "seq2seq",
    settings,
    taskWeights: settings.taskWeights,
    corruption: randomSplit(),
    layout: separate(),
    loss: tokenLoss(settings),
    scoring: () => seq2seq(),
  });
}

/** Sequence to sequence, for a registry. */
export const seq2seqPlugin = objective("seq2seq", seq2seq, {
  description: "Teacher forcing: the encoder reads the source, the decoder predicts the target.",
  schema,
});
