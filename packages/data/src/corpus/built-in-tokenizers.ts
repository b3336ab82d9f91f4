import { createRegistry } from "@trivium/registry";
import { type PairTokenizer, type PairTokenizerJson, pairTokenizerFromJson, tokenizerPlugins } from "@trivium/text";

/** Returns whether a worker can make a tokenizer: one of a user's own plugin lives in the thread that loaded it. */
export function isBuiltIn(json: PairTokenizerJson): boolean {
  const sides = json.name === "shared" ? [json.tokenizer] : [json.source, json.target];
  return sides.every(({ name }) => tokenizerPlugins.some((plugin) => plugin.name === name));
}

/** Makes a tokenizer of this project from its JSON. */
export function createTokenizerOf(json: PairTokenizerJson): PairTokenizer {
  const registry = createRegistry(tokenizerPlugins);
  return pairTokenizerFromJson(json, (side) => registry.create("tokenizer", side.name as "byte", side as never));
}
