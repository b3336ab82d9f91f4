import { type Reason, UnsupportedError } from "@trivium/core";
import type { Example, Features, LossFunction } from "@trivium/features";
import { defineKind } from "@trivium/registry";
import type { SpecialTokens } from "@trivium/text";
import type { FeatureContext } from "./feature-context.ts";
import type { MaskedStreams } from "./layout.ts";

/** A training task: it converts an example into features, and takes a loss over a model's logits. */
export interface Objective<Stream extends string = string> {
  readonly name: string;
  /** The options as plain JSON: recorded in checkpoints, and compared on resume. Default: none are known. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** The streams of its features; it fits architectures with these. */
  readonly streams: readonly Stream[];
  /** Special tokens and parts of the frame that it inserts, in the words of `hasSpecial`. Default: none. */
  readonly needs?: readonly string[] | undefined;
  /** The share of labels that the input shows on purpose, in [0, 1]. Default 0. */
  readonly shows?: number | undefined;
  /** Tells whether an architecture (by its streams and masks) can be trained with it. */
  supports(architecture: MaskedStreams): true | Reason;
  /** Returns this task in the layout that an architecture's streams need. Default: it has one layout. */
  readonly fit?: ((architecture: Pick<MaskedStreams, "streams">) => Objective) | undefined;
  /**
   * Returns the number of tokens of text that fill a window of so many positions once they are rewritten. Default: not
   * known, since the objective inserts nothing.
   *
   * @throws {ConfigError} `objective/window` if the window takes no text.
   */
  readonly rawLength?: ((window: number, special: SpecialTokens) => number) | undefined;
  /** @throws {DataError} `objective/example` if the example is of the wrong form. */
  features(example: Example, context: FeatureContext): Features;
  /** The prompt of an example: its features without the target, as decoding starts from. Absent if nothing is decoded. */
  prompt?(example: Example, context: FeatureContext): Features;
  readonly loss: LossFunction;
  /**
   * The objective under which held-out loss is taken: on the target's tokens alone, without smoothing or penalty, so
   * that the numbers of models compare. Default: this one.
   */
  readonly scoring?: (() => Objective<Stream>) | undefined;
}

/** The kind of objectives: a function from options to an objective. */
export const objective = defineKind<(options: never) => Objective>()("objective");

/**
 * Returns the prompt of an example.
 *
 * @throws {UnsupportedError} `objective/no-prompt` if the objective has no prompts.
 * @example promptOf(prefixLm(), { source: [7, 8], target: [] }, context).streams // => { tokens: [7, 8, 2] }
 */
export function promptOf(
  { name, prompt }: Pick<Objective, "name" | "prompt">,
  example: Example,
  context: FeatureContext,
): Features {
  if (prompt) return prompt(example, context);
  const message = `objective "${name}" has no prompts, so nothing can be decoded; use one that predicts a target`;
  throw new UnsupportedError("objective/no-prompt", message);
}
