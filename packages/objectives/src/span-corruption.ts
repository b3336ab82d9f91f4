import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { denoising, denoisingOptions } from "./denoising.ts";
import { type Objective, objective } from "./objective.ts";
import { spanOptions, spans } from "./spans.ts";

const schema = z.strictObject({ ...spanOptions, ...denoisingOptions });

/**
 * Span corruption, the pretraining of T5: the model sees a text in which sentinels stand for spans, and predicts each
 * sentinel with the tokens of its span. Windows of text are as long as rows of the model allow once they are corrupted:
 * 568 tokens for 512 positions in two streams.
 *
 * @throws {ConfigError} `objective/options`.
 * @source Raffel et al. 2020, §3.1.4, https://arxiv.org/abs/1910.10683
 * @example
 * ```text
 * text 10 … 14, density 0.4, mean length 2; S is a sentinel, SEP and EOS frame
 * two streams: source 10 11 12 S EOS; target BOS S 13 14, predicts S 13 14 EOS, loss weights 1 1 1 1
 * one stream, with its mask under a prefix of 5 (x sees):
 *   reads        10  11  12   S SEP   S  13  14
 *   predicts     11  12   S SEP   S  13  14 EOS
 *   loss weight   0   0   0   0   1   1   1   1
 *   10 … SEP      x   x   x   x   x   .   .   .
 *   S             x   x   x   x   x   x   .   .
 *   13            x   x   x   x   x   x   x   .
 *   14            x   x   x   x   x   x   x   x
 * ```
 */
export function spanCorruption(options: z.input<typeof schema> = {}): Objective {
  const settings = validateWith(schema, options, { code: "objective/options", what: "span-corruption" });
  const { density, meanLength, closing } = settings;
  return denoising({ name: "span-corruption", settings, corruption: spans({ density, meanLength, closing }) });
}

/** Span corruption, for a registry. */
export const spanCorruptionPlugin = objective("span-corruption", spanCorruption, {
  description: "T5: spans of a text give way to sentinels, and are predicted behind them.",
  schema,
});
