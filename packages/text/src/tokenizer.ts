import { defineKind } from "@trivium/registry";
import type { SpecialTokens } from "./special-tokens.ts";
import type { TextUnit } from "./text-unit.ts";

/** The Unicode replacement character: the text of an id that stands for no known text. */
export const REPLACEMENT = "\uFFFD";

/** A tokenizer as plain JSON: its name, and the options from which its plugin makes the same tokenizer. */
export interface TokenizerJson {
  readonly name: string;
  readonly [option: string]: unknown;
}

/**
 * Converts text to token ids and back. Ids are integers in `[0, size)`; some of them are special tokens.
 */
export interface Tokenizer {
  /** The name of its plugin. */
  readonly name: string;
  /** The number of ids, special tokens included. */
  readonly size: number;
  readonly special: SpecialTokens;
  /** The unit in which error rates compare its texts. Default: characters. */
  readonly unit?: TextUnit | undefined;
  /** Returns the ids of `text`. It adds no special token but `unknown`, where the vocabulary lacks something. */
  encode(text: string): number[];
  /**
   * Returns the ids of a text in which special tokens stand: texts, whose special strings stay text, and between them the ids
   * of special tokens. Default: not known.
   */
  encodeParts?(parts: readonly (string | number)[]): number[];
  /**
   * Returns the number of UTF-8 bytes of the text that each id of `encode(text)` stands for; all of them are the bytes of
   * the text. Default: not known.
   */
  byteLengths?(text: string): number[];
  /**
   * Returns the text of `ids` and never throws, since a model may emit any id. Special tokens decode to nothing;
   * `unknown` and ids outside the vocabulary decode to U+FFFD.
   */
  decode(ids: Iterable<number>): string;
  /** Returns the JSON from which `registry.create("tokenizer", json.name, json)` makes the same tokenizer. */
  toJson(): TokenizerJson;
}

/**
 * The kind of tokenizer plugins. A creator takes the JSON of its own `toJson`, or `{ corpus }`: texts from which to
 * learn a vocabulary. A tokenizer with a fixed vocabulary ignores the corpus.
 *
 * @example createRegistry(tokenizerPlugins).create("tokenizer", "character", { corpus: ["abc"] }).size // => 8
 */
export const tokenizer = defineKind<(options: never) => Tokenizer>()("tokenizer");
