import { ConfigError, type Reason } from "@trivium/core";
import type { Features } from "@trivium/features";
import type { Ids, SpecialTokens } from "@trivium/text";
import type { Rewritten, SplitLengths } from "./corruption.ts";

/** A self-attention mask, as far as an objective asks it. */
interface AskedMask {
  visible(batch: number, head: number, query: number, key: number): boolean;
}

type MaskBuilder = (context: { readonly prefixLengths: number }) => AskedMask;

/** An architecture as an objective sees it: its streams, and who sees whom in each. */
export interface MaskedStreams {
  readonly name: string;
  readonly streams: readonly string[];
  readonly selfMask: MaskBuilder | Readonly<Record<string, MaskBuilder>>;
}

/** The part of an objective that puts a rewritten example into the streams of an architecture and says where loss is. */
export interface Layout<Stream extends string = string, R extends Rewritten = Rewritten> {
  readonly name: string;
  readonly streams: readonly Stream[];
  /** Special tokens and parts of the frame that it puts around the example, in the words of `hasSpecial`. Default: none. */
  readonly needs?: readonly string[] | undefined;
  /** Tells whether an architecture with these streams can be trained with it. Default: any can. */
  supports?(architecture: MaskedStreams): true | Reason;
  features(rewritten: R, special: SpecialTokens): Features;
  /** Returns the positions of the longest stream of an example of such lengths that ends. Default: not known. */
  longest?(lengths: SplitLengths, special: SpecialTokens): number;
  /** Lays out the beginning from which decoding starts. Default: nothing is decoded. */
  prompt?(rewritten: R, special: SpecialTokens): Features;
}

/** The special token that tells the task, or nothing. @throws {ConfigError} `objective/task` for an unknown name. */
export function taskToken(task: string | undefined, { named }: SpecialTokens): Ids {
  if (task === undefined) return [];
  const id = named[task];
  if (id === undefined) throw new ConfigError("objective/task", `the vocabulary has no special token "${task}"`);
  return [id];
}

/** A prompt: streams without anything to predict. */
export function promptFeatures(streams: Features["streams"], prefixLength: number): Features {
  const nothing =
    Object.values(streams)
      .at(-1)
      ?.map(() => 0) ?? [];
  return { streams, prefixLength, targets: nothing, lossWeights: nothing };
}
