import type { Random } from "@trivium/core";
import { z } from "zod";
import { choosing } from "./greedy.ts";
import { greatest } from "./logits.ts";
import type { LogitsProcessor } from "./logits-processor.ts";
import { minP } from "./min-p.ts";
import type { Strategy } from "./strategy.ts";
import { temperature } from "./temperature.ts";
import { topK } from "./top-k.ts";
import { topP } from "./top-p.ts";
import { typicalP } from "./typical-p.ts";

const share = z.number().min(0).max(1).optional();

export const sampleSchema = z.strictObject({
  /** Divisor of the logits. Default 1. */
  temperature: z
    .number()
    .positive("expected a number above 0; the strategy greedy takes the most probable token each time")
    .optional(),
  /** Tokens that may be drawn, the most probable ones. Default: all. */
  topK: z.int().positive().optional(),
  /** Least probability of the tokens that may be drawn, in all. Default 1. */
  topP: share,
  /** Least probability of a token that may be drawn, as a share of the greatest. Default 0. */
  minP: share,
  /** Least probability of the most typical tokens, which may be drawn, in all. Default 1. */
  typicalP: share,
});

export type SampleOptions = z.input<typeof sampleSchema>;

/**
 * Draws each token from the model's distribution: divided by the temperature, then without what top-k, top-p, min-p and
 * typical-p forbid, in this order. Every answer draws from a random stream of its own.
 *
 * @throws {ConfigError} `generate/temperature`, `generate/top-k`, `generate/top-p`, `generate/min-p`,
 *   `generate/typical-p`
 * @example generate({ model, parameters, objective, special, examples, maximumTokens: 20, strategy: sample({ topP: 0.9 }) })
 */
export function sample(options: SampleOptions = {}): Strategy {
  return {
    name: "sample",
    rows: 1,
    processors: warpers(options),
    start: ({ ends, random }) => choosing(ends, (logits) => draw(logits, random)),
  };
}

function warpers({ temperature: divisor, topK: k, topP: p, minP: least, typicalP: mass }: SampleOptions) {
  const processors: LogitsProcessor[] = [];
  if (divisor !== undefined) processors.push(temperature({ temperature: divisor }));
  if (k !== undefined) processors.push(topK({ k }));
  if (p !== undefined) processors.push(topP({ p }));
  if (least !== undefined) processors.push(minP({ p: least }));
  if (mass !== undefined) processors.push(typicalP({ p: mass }));
  return processors;
}

/** One uniform number, and the first id at which the sum of the probabilities passes it. */
function draw(logits: Float32Array, random: Random): number {
  const best = greatest(logits);
  const largest = logits[best] as number;
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let id = 0; id < weights.length; id++) {
    left -= weights[id] as number;
    if (left < 0) return id;
  }
  // Rounding may leave a trace after the last one.
  return best;
}
