import { isTextPair } from "@trivium/features";
import { type PairTokenizer, pairTokenizerFromJson, type Tokenizer, type TokenizerJson } from "@trivium/text";
import type { Dataset } from "./dataset.ts";

/**
 * The pair tokenizer that a dataset (or its user) asks for. A side that is described by its name, with special tokens at most, learns
 * its vocabulary from the training examples, never from the held-out ones.
 *
 * @param create - makes a tokenizer: `(json) => registry.create("tokenizer", json.name, json)`.
 * @throws {ConfigError} `text/pair-json`, and what `create` throws.
 * @example fitPairTokenizer(await cmudict(), (json) => registry.create("tokenizer", json.name, json)).size // => 71
 */
export function fitPairTokenizer(
  { tokenizer, train }: Pick<Dataset, "tokenizer" | "train">,
  create: (json: TokenizerJson) => Tokenizer,
): PairTokenizer {
  const sources = () => train.flatMap((example) => (isTextPair(example) ? [example.source] : []));
  const targets = () => train.map((example) => (isTextPair(example) ? example.target : example.text));
  const learned = (json: TokenizerJson, corpus: () => string[]) =>
    Object.keys(json).every((key) => key === "name" || key === "special") ? { ...json, corpus: corpus() } : json;
  const fitted =
    tokenizer.name === "shared"
      ? { ...tokenizer, tokenizer: learned(tokenizer.tokenizer, () => [...sources(), ...targets()]) }
      : { ...tokenizer, source: learned(tokenizer.source, sources), target: learned(tokenizer.target, targets) };
  return pairTokenizerFromJson(fitted, create);
}
