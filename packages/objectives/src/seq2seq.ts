import { isPair, type PairExample, type SpecialIds } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { assertTokens } from "./decoder-only-features.ts";
import { fitsStreams } from "./fits-streams.ts";
import { type Objective, objective } from "./objective.ts";
import { randomSplit } from "./random-split.ts";
import { tokenLoss, tokenLossOptions } from "./token-loss.ts";

const schema = z.strictObject(tokenLossOptions);

/**
 * Sequence to sequence with teacher forcing: the source stream is `source EOS`, the target stream `BOS target`
 * predicts `target EOS`. A text without a source is cut at random into source and target, without EOS after the target.
 *
 * @source Sutskever et al. 2014, https://arxiv.org/abs/1409.3215
 */
export function seq2seq(options: z.input<typeof schema> = {}): Objective<"source" | "target"> {
  const lossOptions = validateWith(schema, options, { code: "objective/options", what: "seq2seq" });
  const streams = ["source", "target"] as const;
  return {
    name: "seq2seq",
    settings: lossOptions,
    streams,
    supports: (architecture) => fitsStreams("seq2seq", streams, architecture),
    features(example, { specials, random }) {
      if (isPair(example)) {
        return teacherForcing(example.source, [...example.target, specials.endOfSequence], specials);
      }
      const { tokens } = example;
      assertTokens(tokens, 2);
      const split = randomSplit(tokens.length, random);
      return teacherForcing(tokens.slice(0, split), tokens.slice(split), specials);
    },
    prompt(example, { specials }) {
      const source = isPair(example) ? example.source : example.tokens;
      const target = [specials.beginOfSequence];
      return {
        streams: { source: withEnd(source, specials), target },
        prefixLength: 0,
        targets: [0],
        lossWeights: [0],
      };
    },
    loss: tokenLoss(lossOptions),
    scoring: () => seq2seq(),
  };
}

function teacherForcing(source: PairExample["source"], targets: readonly number[], specials: SpecialIds) {
  return {
    streams: { source: withEnd(source, specials), target: [specials.beginOfSequence, ...targets.slice(0, -1)] },
    prefixLength: 0,
    targets,
    lossWeights: targets.map(() => 1),
  };
}

const withEnd = (source: readonly number[], { endOfSequence }: SpecialIds) => [...source, endOfSequence];

/** Sequence to sequence, for a registry. */
export const seq2seqPlugin = objective("seq2seq", seq2seq, {
  description: "Teacher forcing: the encoder reads the source, the decoder predicts the target.",
  schema,
});
