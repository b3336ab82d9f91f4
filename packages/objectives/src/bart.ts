import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { denoising, denoisingOptions } from "./denoising.ts";
import { noiseOptions, noises } from "./noises.ts";
import { type Objective, objective } from "./objective.ts";

const schema = z.strictObject({ ...noiseOptions, ...denoisingOptions });

/**
 * BART's pretraining: the model sees a text with noise, and predicts the whole text. Prompts have no noise.
 *
 * @throws {ConfigError} `objective/options`.
 * @source Lewis et al. 2020, https://arxiv.org/abs/1910.13461
 * @example
 * ```text
 * text 10 … 13 of the sentences 10 11 and 12 13, a quarter infilled; M is the mask, SEP and EOS frame
 * two streams: source 12 13 10 M EOS; target BOS 10 11 12 13, predicts 10 11 12 13 EOS, loss weights 1 1 1 1 1
 * one stream, with its mask under a prefix of 5 (x sees):
 *   reads        12  13  10   M SEP  10  11  12  13
 *   predicts     13  10   M SEP  10  11  12  13 EOS
 *   loss weight   0   0   0   0   1   1   1   1   1
 *   12 … SEP      x   x   x   x   x   .   .   .   .
 *   10            x   x   x   x   x   x   .   .   .
 *   11            x   x   x   x   x   x   x   .   .
 *   12            x   x   x   x   x   x   x   x   .
 *   13            x   x   x   x   x   x   x   x   x
 * ```
 */
export function bart(options: z.input<typeof schema> = {}): Objective {
  const settings = validateWith(schema, options, { code: "objective/options", what: "bart" });
  const { permutation, deletion, masking, infilling, meanLength, rotation } = settings;
  const corruption = noises({ permutation, deletion, masking, infilling, meanLength, rotation });
  return denoising({ name: "bart", settings, corruption });
}

/** BART's pretraining, for a registry. */
export const bartPlugin = objective("bart", bart, {
  description: "BART: a text with noise is read, and the whole text predicted.",
  schema,
});
