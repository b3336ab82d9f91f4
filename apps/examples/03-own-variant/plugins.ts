/** A mask, an architecture and an objective of your own. Exported plugins are what `--plugin plugins.ts` finds, too. */
import { UnsupportedError } from "@trivium/core";
import { type Features, isPair } from "@trivium/features";
import { mask } from "@trivium/masks";
import { type Architecture, architecture } from "@trivium/model";
import { type Objective, objective, tokenLoss } from "@trivium/objectives";

/** Positions are grouped into blocks; each sees its whole block, in both directions, and every block before it. */
export const blockwise = mask(
  "blockwise",
  ({ size }: { readonly size: number }) => {
    const blockOf = (position: number) => Math.floor(position / size);
    return {
      visible: (_row, _head, query, key) => blockOf(key) <= blockOf(query),
      // Lets kernels skip blocks that no query of a range can see, and skip the test where all can see all.
      classify(_row, _head, queries, keys) {
        if (blockOf(keys.end - 1) <= blockOf(queries.start)) return "all";
        return blockOf(keys.start) > blockOf(queries.end - 1) ? "none" : "some";
      },
    };
  },
  { description: "Blocks of positions that see themselves whole, and all blocks before.", parameters: ["size"] },
);

const blockLanguageModel: Architecture<"tokens"> = {
  name: "blockwise",
  streams: ["tokens"],
  reads: "past",
  selfMask: () => blockwise.create({ size: 4 }),
};

export const blockwiseArchitecture = architecture("blockwise", blockLanguageModel as Architecture, {
  description: "Bidirectional within blocks of 4, causal between them.",
});

/** Each token predicts the one that stands in its place in the next block: a block at a time. */
const nextBlock = ({ size = 4 }: { readonly size?: number } = {}): Objective<"tokens"> => ({
  name: "next-block",
  streams: ["tokens"],
  supports: () => true,
  features(example) {
    const tokens = isPair(example) ? [...example.source, ...example.target] : example.tokens;
    const targets = tokens.slice(size);
    // A text of one block has no next one: nothing to predict.
    if (targets.length === 0) return nothingToPredict(tokens);
    return { streams: { tokens: tokens.slice(0, -size) }, prefixLength: 0, targets, lossWeights: targets.map(() => 1) };
  },
  prompt() {
    throw new UnsupportedError("next-block/prompt", "next-block writes whole blocks; decoding goes one by one");
  },
  loss: tokenLoss({}),
});

function nothingToPredict(tokens: readonly number[]): Features {
  const zeros = tokens.map(() => 0);
  return { streams: { tokens }, prefixLength: 0, targets: zeros, lossWeights: zeros };
}

export const nextBlockObjective = objective("next-block", nextBlock, {
  description: "Each token predicts the one in its place in the next block.",
});
