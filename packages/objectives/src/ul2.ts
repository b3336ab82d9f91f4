import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { denoiserOptions, denoisers } from "./denoisers.ts";
import { denoising, denoisingOptions } from "./denoising.ts";
import { type Objective, objective } from "./objective.ts";

const schema = z.strictObject({ ...denoiserOptions, ...denoisingOptions });

/**
 * UL2's mixture of denoisers: spans, long or dense spans and the ends of texts are predicted in turn, and a mode token
 * tells the model which. Prompts are those of the sequential mode, which continues a text.
 *
 * @throws {ConfigError} `objective/options`.
 * @source Tay et al. 2023, https://arxiv.org/abs/2205.05131
 * @example
 * ```text
 * text 10 … 13 by the sequential denoiser; [S] is its mode token, SEP and EOS frame
 * two streams: source [S] 10 11 12 EOS; target BOS, predicts 13, loss weight 1
 * one stream, with its mask under a prefix of 5 (x sees):
 *   reads       [S]  10  11  12 SEP
 *   predicts     10  11  12 SEP  13
 *   loss weight   0   0   0   0   1
 *   every row     x   x   x   x   x
 * ```
 */
export function ul2(options: z.input<typeof schema> = {}): Objective {
  const settings = validateWith(schema, options, { code: "objective/options", what: "ul2" });
  return denoising({ name: "ul2", settings, corruption: denoisers({ rates: settings.rates }) });
}

/** UL2's mixture of denoisers, for a registry. */
export const ul2Plugin = objective("ul2", ul2, {
  description: "UL2: a mixture of denoisers of spans and ends, each with its mode token.",
  schema,
});
