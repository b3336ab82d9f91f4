import { ConfigError } from "@trivium/core";
import type { SourceFrame, SpecialTokens, TargetFrame } from "@trivium/text";
import type { SplitExample } from "./corruption.ts";
import { type Layout, promptFeatures, taskToken } from "./layout.ts";

/**
 * Returns the layout of an encoder–decoder: the source in its frame is one stream; the start token and the target are
 * the other, which predicts the target and its end (teacher forcing). Ids of the frame before the target are given, so
 * they carry no loss.
 *
 * @source Sutskever et al. 2014, https://arxiv.org/abs/1409.3215
 * @example
 * ```text
 * source [7, 8], target [9], start 1, end 3: source 7 8 3; target 1 9, targets 9 3, loss weights 1 1
 * ```
 */
export const separate = (): Layout<"source" | "target", SplitExample> => ({
  name: "separate",
  streams: ["source", "target"],
  needs: ["frame.source", "frame.target"],
  features(example, special) {
    const { start, before, after } = framesOf(special).target;
    const targets = [...before, ...example.target, ...(example.ends ? after : [])];
    return {
      streams: { source: sourceOf(example, special), target: [start, ...targets.slice(0, -1)] },
      prefixLength: 0,
      targets,
      lossWeights: targets.map((_, position) => (position < before.length ? 0 : 1)),
    };
  },
  longest(lengths, special) {
    const { source, target } = framesOf(special);
    const sizeOf = ({ before, after }: SourceFrame, length: number) => before.length + length + after.length;
    return Math.max(sizeOf(source, lengths.source), sizeOf(target, lengths.target));
  },
  prompt(example, special) {
    const { start, before } = framesOf(special).target;
    return promptFeatures({ source: sourceOf(example, special), target: [start, ...before] }, 0);
  },
});

function sourceOf({ source, task }: SplitExample, special: SpecialTokens): number[] {
  const { before, after } = framesOf(special).source;
  return [...before, ...taskToken(task, special), ...source, ...after];
}

function framesOf({ frame: { source, target } }: SpecialTokens): {
  readonly source: SourceFrame;
  readonly target: TargetFrame;
} {
  if (source && target) return { source, target };
  throw new ConfigError("objective/frame", "the vocabulary has no frame for source and target in two streams");
}
