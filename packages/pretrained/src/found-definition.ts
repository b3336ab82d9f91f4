import type { TokenizerDefinition } from "@trivium/text";
import type { Around } from "./read-specials.ts";

/** A tokenizer, where it was found, and what it puts around a text. */
export interface FoundDefinition {
  readonly definition: TokenizerDefinition;
  /** The tokenizer of targets, with the same ids. Default: the same one. */
  readonly target?: TokenizerDefinition | undefined;
  readonly around: Around;
  readonly place: string;
  /** The chat template that comes with it. */
  readonly chat?: string | undefined;
}
