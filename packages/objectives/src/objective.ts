import type { Random, Reason } from "@trivium/core";
import type { Batch, Example, Features, SpecialIds } from "@trivium/features";
import { defineKind } from "@trivium/registry";
import type { FactoredLogits, Scalar, Tensor1D, Tensor3D } from "@trivium/tensor";

/** What an objective may know when it converts an example. */
export interface FeatureContext {
  readonly specials: SpecialIds;
  /** A stream of this example's own, for random splits and corruption. */
  readonly random: Random;
}

/** The two parts of a loss: the sum over supervised positions, and how many there were. */
export interface Loss {
  /** Σ weight · loss, nats, with smoothing and z-loss where asked for. */
  readonly sum: Scalar;
  readonly tokens: number;
  /** `[B · L]`: what each position adds to the sum. Absent where the loss is not a sum over positions. */
  readonly losses?: Tensor1D;
}

/** A loss over logits, and over their factors: who gives an objective another loss gives it another, or none, of these. */
export interface LossFunction {
  /** @param logits - `[B, L, V]`, aligned with the batch's targets. */
  (logits: Tensor3D, batch: Batch): Loss;
  /**
   * The same of logits that are not multiplied out, states `[B·L, M]` times head; absent where they must be.
   */
  readonly ofFactors?: (logits: FactoredLogits, batch: Batch) => Loss;
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
