import { ConfigError } from "@trivium/core";
import { isPair, type PairExample } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import type { SourceFrame, SpecialTokens, TargetFrame } from "@trivium/text";
import { z } from "zod";
import { assertTokens } from "./decoder-only-features.ts";
import { fitsStreams } from "./fits-streams.ts";
import { type Objective, objective } from "./objective.ts";
import { randomSplit } from "./random-split.ts";
import { tokenLoss, tokenLossOptions } from "./token-loss.ts";

const schema = z.strictObject(tokenLossOptions);

/**
 * Sequence to sequence with teacher forcing: the source in its frame is one stream; the target's start and the target
 * are the other, which predicts the target and its end. A text without a source is cut at random into source and target,
 * and no end follows.
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
    features(example, { special, random }) {
      if (isPair(example)) return teacherForcing(example, special, { ends: true });
      const { tokens } = example;
      assertTokens(tokens, 2);
      const split = randomSplit(tokens.length, random);
      return teacherForcing({ source: tokens.slice(0, split), target: tokens.slice(split) }, special, { ends: false });
    },
    prompt(example, { special }) {
      const { source, target } = framesOf(special);
      const given = [target.start, ...target.before];
      const nothing = given.map(() => 0);
      return {
        streams: { source: framed(isPair(example) ? example.source : example.tokens, source), target: given },
        prefixLength: 0,
        targets: nothing,
        lossWeights: nothing,
      };
    },
    loss: tokenLoss(lossOptions),
    scoring: () => seq2seq(),
  };
}

/** What the prompt gives is not predicted: ids before the target carry no loss. */
function teacherForcing({ source, target }: PairExample, special: SpecialTokens, { ends }: { readonly ends: boolean }) {
  const frames = framesOf(special);
  const targets = [...frames.target.before, ...target, ...(ends ? frames.target.after : [])];
  return {
    streams: { source: framed(source, frames.source), target: [frames.target.start, ...targets.slice(0, -1)] },
    prefixLength: 0,
    targets,
    lossWeights: targets.map((_, position) => (position < frames.target.before.length ? 0 : 1)),
  };
}

const framed = (source: readonly number[], { before, after }: SourceFrame) => [...before, ...source, ...after];

function framesOf({ frame }: SpecialTokens): { readonly source: SourceFrame; readonly target: TargetFrame } {
  const { source, target } = frame;
  if (source && target) return { source, target };
  throw new ConfigError("objective/frame", "the vocabulary has no frame for source and target in two streams");
}

/** Sequence to sequence, for a registry. */
export const seq2seqPlugin = objective("seq2seq", seq2seq, {
  description: "Teacher forcing: the encoder reads the source, the decoder predicts the target.",
  schema,
});
