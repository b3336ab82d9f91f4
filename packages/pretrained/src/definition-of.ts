import { type PairTokenizer, readTokenizerDefinition, type TokenizerDefinition } from "@trivium/text";
import { byteDefinition } from "./byte-definition.ts";

/** The `tokenizer.json` of a tokenizer; undefined for one that has no such form. */
export function definitionOf(
  tokenizer: Pick<PairTokenizer, "special" | "size" | "toJson">,
): TokenizerDefinition | undefined {
  const json = tokenizer.toJson();
  if (json.name !== "shared") return undefined;
  const { tokenizer: own } = json;
  if (own.name === "hugging-face") return readTokenizerDefinition(own.definition);
  return own.name === "byte" ? byteDefinition(tokenizer) : undefined;
}
