import { defineKind } from "@trivium/registry";
import type { Specials } from "./specials.ts";

/** A tokenizer as plain JSON: its name, and the options from which its plugin makes it again. */
export interface TokenizerJson {
  readonly name: string;
  readonly [option: string]: unknown;
}

/**
 * Text to token ids and back.
 *
 * Ids are integers in `[0, size)`; the first five are special, the same for every tokenizer.
 */
export interface Tokenizer {
  /** The name of the plugin that makes it. */
  readonly name: string;
  /** How many ids there are, specials included. */
  readonly size: number;
  readonly specials: Specials;
  /** The ids of `text`. Adds no special token but `unknown`, where the vocabulary lacks something. */
  encode(text: string): number[];
  /**
   * The text of `ids`. Special tokens stand for nothing, `unknown` for U+FFFD, and so does any id outside the
   * vocabulary: a model may say anything, and decoding never throws.
   */
  decode(ids: Iterable<number>): string;
  /** What `registry.create("tokenizer", json.name, json)` makes the same tokenizer from. */
  toJson(): TokenizerJson;
}

/**
 * The kind of tokenizer plugins. A creator takes what its own `toJson` returns, or `{ corpus }`: texts to learn a
 * vocabulary from, which a tokenizer with a fixed vocabulary ignores.
 *
 * @example createRegistry([bytePlugin, characterPlugin]).create("tokenizer", "character", { corpus: ["abc"] }).size // => 8
 */
export const tokenizer = defineKind<(options: never) => Tokenizer>()("tokenizer");
