import type { Example, TextExample } from "@trivium/features";
import { defineKind } from "@trivium/registry";
import type { Ids } from "@trivium/text";
import type { FeatureContext, TextCoder } from "./feature-context.ts";

/** An example rewritten into a source that is given and a target to predict, without the frame around them. */
export interface SplitExample {
  readonly source: Ids;
  readonly target: Ids;
  /** The ids between source and target in one stream. Default: those of the vocabulary's frame. */
  readonly between?: Ids | undefined;
  /** Whether the target is complete, so that its end follows. */
  readonly ends: boolean;
  /** The name of a special token that tells the model its task, before the source: `"ul2-s"`. */
  readonly task?: string | undefined;
}

/** The lengths of a split example, a task token of the source included; in place, both are those of the row. */
export interface SplitLengths {
  readonly source: number;
  readonly target: number;
}

/** An example rewritten in place: each position predicts the label at the same position. */
export interface InPlaceExample {
  readonly ids: Ids;
  readonly labels: Ids;
  /** Loss weights; 0 where nothing is predicted. */
  readonly weights: readonly number[];
}

/** An example after a corruption. */
export type Rewritten = SplitExample | InPlaceExample;

/** The context of a corruption of text, which always has a tokenizer. */
export interface TextContext extends FeatureContext {
  readonly tokenizer: TextCoder;
}

interface CorruptionParts {
  readonly name: string;
  /** The options as plain JSON. Default: none. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** Special tokens that it inserts, in the words of `hasSpecial`: `["mask"]`, `["fim-middle"]`. Default: none. */
  readonly needs?: readonly string[] | undefined;
  /** The share of labels that the input shows on purpose, in [0, 1]; BERT keeps a tenth. Default 0. */
  readonly shows?: number | undefined;
  /**
   * Returns the lengths of source and target that a text of so many tokens is rewritten to; several where they depend on
   * the draw, with each of the greatest among them. Default: what goes in comes out.
   */
  lengths?(raw: number): readonly SplitLengths[];
}

/**
 * A corruption of ids. It decides by boundaries and by its random stream, never by the ids themselves: other ids in the
 * same places are rewritten in the same way.
 *
 * @throws {DataError} `objective/example` from `apply` and `prompt` if the example is of the wrong form.
 */
export interface IdCorruption<R extends Rewritten = Rewritten> extends CorruptionParts {
  readonly level: "ids";
  apply(example: Example, context: FeatureContext): R;
  /** Rewrites the prompt of an example. Default: there are no prompts. */
  prompt?(example: Example, context: FeatureContext): R;
}

/** A corruption of text, which may cut within tokens. It decides by boundaries and by its random stream alone. */
export interface TextCorruption<R extends Rewritten = Rewritten> extends CorruptionParts {
  readonly level: "text";
  apply(example: TextExample, context: TextContext): R;
  /** Rewrites the prompt of an example. Default: there are no prompts. */
  prompt?(example: TextExample, context: TextContext): R;
}

/** The part of an objective that rewrites an example into what is given and what is predicted. */
export type Corruption<R extends Rewritten = Rewritten> = IdCorruption<R> | TextCorruption<R>;

/** The kind of corruptions: a function from options to a corruption. */
export const corruption = defineKind<(options: never) => Corruption>()("corruption");
