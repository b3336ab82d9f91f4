import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { denoising, denoisingOptions } from "./denoising.ts";
import { middleOptions, middles } from "./middles.ts";
import { type Objective, objective } from "./objective.ts";

const schema = z.strictObject({
  ...middleOptions,
  /** In one stream: predict every token, or the middle's alone with all before it as the prefix. */
  loss: z.enum(["all", "target"]).default("all"),
  ...denoisingOptions,
});

/**
 * Fill-in-the-middle: half of the texts are rewritten so that their middle stands last, and a model that writes from left
 * to right learns to fill holes. The prompt of a pair is the hole between its source and its target; that of a text is
 * the text.
 *
 * @param options.loss - `"all"` (the published objective: nothing is prefix) or `"target"`.
 * @throws {ConfigError} `objective/options`.
 * @source Bavarian et al. 2022, https://arxiv.org/abs/2207.14255: joint training, half of the rewritten texts suffix first
 * @example
 * ```text
 * text 10 … 13, cut behind 10 and 12; P, S and M are special tokens; a mask from left to right
 * reads                 P  10   S  13   M  11  12
 * predicts             10   S  13   M  11  12 EOS
 * loss weight, all      1   1   1   1   1   1   1
 * loss weight, target   0   0   0   0   1   1   1
 * ```
 */
export function fillInTheMiddle(options: z.input<typeof schema> = {}): Objective {
  const settings = validateWith(schema, options, { code: "objective/options", what: "fill-in-the-middle" });
  const { level, rate, suffixFirst, loss } = settings;
  return denoising({
    name: "fill-in-the-middle",
    settings,
    corruption: middles({ level, rate, suffixFirst }),
    joined: { loss, prefix: loss === "all" ? "framed" : "source" },
  });
}

/** Fill-in-the-middle, for a registry. */
export const fillInTheMiddlePlugin = objective("fill-in-the-middle", fillInTheMiddle, {
  description: "The middle of a text is predicted last, from what stands before and behind it.",
  schema,
});
