import { ConfigError } from "@trivium/core";
import type { JoinedFrame, SpecialTokens } from "@trivium/text";
import type { SplitExample } from "./corruption.ts";
import { type Layout, promptFeatures, taskToken } from "./layout.ts";

/** Options of the layout of one stream. */
export interface JoinedOptions {
  /** The tokens that carry loss: all of them, or those of the target. */
  readonly loss: "all" | "target";
  /** The prefix: every source, or only a source that the frame sets apart from its target, so that a text has none. */
  readonly prefix: "source" | "framed";
}

/**
 * Returns the layout of a decoder-only model: source and target in one stream, in the vocabulary's frame, contiguous.
 *
 * The prefix is all before the target, and its last id predicts the first one of the target. The last id of all is only
 * predicted, so the row ends before it.
 *
 * @example
 * ```text
 * source [7, 8], target [9], separator 2, end 3: ids 7 8 2 9, targets 8 2 9 3, prefix 3, loss weights 0 0 1 1
 * ```
 */
export function joined({ loss, prefix }: JoinedOptions): Layout<"tokens", SplitExample> {
  const prefixOf = ({ between }: SplitExample, given: readonly number[]) =>
    prefix === "source" || between === undefined ? given.length : 0;
  return {
    name: "joined",
    streams: ["tokens"],
    needs: ["frame.joined"],
    features(example, special) {
      const { before, after } = frameOf(special);
      const given = givenOf(example, special);
      const whole = [...given, ...example.target, ...(example.ends ? after : [])];
      const first = loss === "all" ? before.length : given.length;
      return {
        streams: { tokens: whole.slice(0, -1) },
        prefixLength: prefixOf(example, given),
        targets: whole.slice(1),
        lossWeights: whole.slice(1).map((_, position) => (position + 1 >= first ? 1 : 0)),
      };
    },
    longest({ source, target }, special) {
      const { before, between, after } = frameOf(special);
      return before.length + source + between.length + target + after.length - 1;
    },
    prompt(example, special) {
      const given = givenOf(example, special);
      return promptFeatures({ tokens: given }, prefixOf(example, given));
    },
  };
}

/** All before the target. */
function givenOf({ source, between, task }: SplitExample, special: SpecialTokens): number[] {
  const frame = frameOf(special);
  return [...frame.before, ...taskToken(task, special), ...source, ...(between ?? frame.between)];
}

function frameOf({ frame }: SpecialTokens): JoinedFrame {
  if (frame.joined) return frame.joined;
  throw new ConfigError("objective/frame", "the vocabulary has no frame for source and target in one stream");
}
