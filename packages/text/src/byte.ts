import { z } from "zod";
import { FIRST_ORDINARY_ID, isSilent, REPLACEMENT, SPECIALS } from "./specials.ts";
import { type Tokenizer, tokenizer } from "./tokenizer.ts";

const BYTES = 256;
const replacementBytes = new TextEncoder().encode(REPLACEMENT);

/**
 * The bytes of the text's UTF-8: `id = 5 + byte`, 261 ids. Lossless for every well-formed string; bytes that are not
 * valid UTF-8 decode to U+FFFD.
 *
 * @source ByT5, Xue et al. 2022, §3.1, https://arxiv.org/abs/2105.13626
 * @example createByteTokenizer().encode("é") // => [200, 174]
 */
export function createByteTokenizer(): Tokenizer {
  return {
    name: "byte",
    size: FIRST_ORDINARY_ID + BYTES,
    specials: SPECIALS,
    encode: (text) => Array.from(new TextEncoder().encode(text), (byte) => FIRST_ORDINARY_ID + byte),
    decode(ids) {
      const bytes: number[] = [];
      for (const id of ids) {
        if (isSilent(id)) continue;
        const byte = id - FIRST_ORDINARY_ID;
        if (byte >= 0 && byte < BYTES) bytes.push(byte);
        else bytes.push(...replacementBytes);
      }
      // Without ignoreBOM the decoder would swallow a U+FEFF at the start.
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
    },
    toJson: () => ({ name: "byte" }),
  };
}

/** Nothing to choose: a byte tokenizer has a fixed vocabulary, so a corpus teaches it nothing. */
export interface ByteOptions {
  readonly name?: "byte" | undefined;
  readonly corpus?: unknown;
}

const create: (options?: ByteOptions) => Tokenizer = createByteTokenizer;

/** The plugin of {@link createByteTokenizer}. */
export const bytePlugin = tokenizer("byte", create, {
  description: "UTF-8 bytes: any text, no vocabulary to learn, 261 ids.",
  schema: z.strictObject({ name: z.literal("byte").optional(), corpus: z.unknown().optional() }),
});
