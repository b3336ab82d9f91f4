import type { Random, Reason } from "@trivium/core";
import type { Example, Features, LossFunction } from "@trivium/features";
import { defineKind } from "@trivium/registry";
import type { SpecialTokens } from "@trivium/text";

/** The context in which an objective converts an example. */
export interface FeatureContext {
  /** The special tokens of the vocabulary. */
  readonly special: SpecialTokens;
  /** A stream of this example's own, for random splits and corruption. */
  readonly random: Random;
}

/** A loss strategy: how an example becomes features, and the loss over a model's logits. */
export interface Objective<Stream extends string = string> {
  readonly name: string;
  /** What it was made with, as plain JSON: recorded in checkpoints, and compared on resume. Default: nothing is known. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The streams that its features have; it fits architectures with these. */
  readonly streams: readonly Stream[];
  /** Whether an architecture (by its streams and masks) can be trained with it. */
  supports(architecture: { readonly name: string; readonly streams: readonly string[] }): true | Reason;
  /** @throws {DataError} `objective/example` if the example is of the wrong form. */
  features(example: Example, context: FeatureContext): Features;
  /** The prompt of an example: its features without the target, as decoding starts from. */
  prompt(example: Example, context: FeatureContext): Features;
  readonly loss: LossFunction;
  /**
   * The objective under which held-out loss is taken: on the target's tokens alone, without smoothing or penalty, so
   * that the numbers of models compare. Default: this one.
   */
  scoring?(): Objective<Stream>;
}

/** The kind of objectives: a function from options to an objective. */
export const objective = defineKind<(options: never) => Objective>()("objective");
