import type { TokenizerDefinition } from "../hugging-face.ts";

/** Returns the `tokenizer.json` of a model over the bytes of words, as GPT-2 cuts them. */
export function byteDefinition(special: readonly string[], model: TokenizerDefinition["model"]): TokenizerDefinition {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({ id, content, ...flags })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: { ...byteLevel, add_prefix_space: true },
    model,
  };
}
