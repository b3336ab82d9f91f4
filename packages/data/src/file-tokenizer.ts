import { readFileSync } from "node:fs";
import { ConfigError, decodeJson } from "@trivium/core";
import { createHuggingFaceTokenizer, type Tokenizer, tokenizer, withOwnTokens } from "@trivium/text";
import { z } from "zod";

/**
 * The tokenizer of a `tokenizer.json`, for a new model: with our own special tokens, which are added where the file has none of
 * their names.
 *
 * @throws {ConfigError} `data/tokenizer-file` if it cannot be read, `text/definition` if it is no `tokenizer.json`.
 * @example fileTokenizer({ path: "tokenizer.json" })
 */
export function fileTokenizer({ path }: { readonly path: string }): Tokenizer {
  let definition: unknown;
  try {
    definition = decodeJson(readFileSync(path));
  } catch (cause) {
    const message = `cannot read the vocabulary ${path}: ${(cause as Error).message}; name a tokenizer.json, such as one of \`trivium tokenizer train\``;
    throw new ConfigError("data/tokenizer-file", message, { cause });
  }
  return createHuggingFaceTokenizer(withOwnTokens(definition));
}

export const fileTokenizerPlugin = tokenizer("file", fileTokenizer, {
  description: "A tokenizer.json of yours: { path }, or its path as --tokenizer.",
  schema: z.strictObject({
    name: z.literal("file").optional(),
    path: z.string().min(1),
    corpus: z.unknown().optional(),
  }),
});
