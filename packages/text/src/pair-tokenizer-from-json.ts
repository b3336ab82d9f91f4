import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { createCommonPair } from "./common-pair.ts";
import { createDisjointPair } from "./disjoint-pair.ts";
import type { PairTokenizer } from "./pair-tokenizer.ts";
import { createSharedPair } from "./shared-pair.ts";
import type { Tokenizer, TokenizerJson } from "./tokenizer.ts";

const tokenizerSchema = z.looseObject({ name: z.string() });
const pairSchema = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("shared"), tokenizer: tokenizerSchema }),
  z.strictObject({ name: z.enum(["disjoint", "common"]), source: tokenizerSchema, target: tokenizerSchema }),
]);

/**
 * Creates the pair tokenizer that `json` describes.
 *
 * @param json - the result of `toJson`, possibly read from a file.
 * @param create - makes one side: `(json) => registry.create("tokenizer", json.name, json)`.
 * @throws {ConfigError} `text/pair-json` if `json` is not the JSON of a pair tokenizer.
 */
export function pairTokenizerFromJson(json: unknown, create: (json: TokenizerJson) => Tokenizer): PairTokenizer {
  const pair = validateWith(pairSchema, json, { code: "text/pair-json", what: "pair tokenizer" });
  if (pair.name === "shared") return createSharedPair(create(pair.tokenizer));
  const sides = { source: create(pair.source), target: create(pair.target) };
  return pair.name === "disjoint" ? createDisjointPair(sides) : createCommonPair(sides);
}
