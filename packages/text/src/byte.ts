import { z } from "zod";
import { type ExtraSpecials, extraSpecialsSchema, withExtraSpecials } from "./extra-specials.ts";
import { reservedIds, reservedSpecials } from "./reserved-specials.ts";
import { silentIds } from "./special-tokens.ts";
import { REPLACEMENT, type Tokenizer, tokenizer } from "./tokenizer.ts";

const BYTES = 256;
const encoder = new TextEncoder();
/** Room for the bytes of short texts: new memory for each of them would be given back late. */
const room = new Uint8Array(2 ** 16);
/** Most bytes of a UTF-16 code unit. */
const CODE_UNIT_BYTES = 3;

/** The UTF-8 bytes of a text, until the next text. */
const bytesOf = (text: string): Uint8Array =>
  CODE_UNIT_BYTES * text.length > room.length
    ? encoder.encode(text)
    : room.subarray(0, encoder.encodeInto(text, room).written);

const replacementBytes = encoder.encode(REPLACEMENT);

/**
 * Creates the tokenizer of UTF-8 bytes: `id = 5 + byte`, 261 ids. It is lossless for every well-formed string. Bytes
 * that are not valid UTF-8 decode to U+FFFD.
 *
 * @param options.special - further special tokens, whose ids follow. Default: none.
 * @source ByT5, Xue et al. 2022, §3.1, https://arxiv.org/abs/2105.13626
 * @example createByteTokenizer().encode("é") // => [200, 174]
 */
export function createByteTokenizer(options: ByteOptions = {}): Tokenizer {
  const special = reservedSpecials();
  const silent = silentIds(special);
  const bytes: Tokenizer = {
    name: "byte",
    size: reservedIds + BYTES,
    special,
    encode(text) {
      const bytes = bytesOf(text);
      const ids = new Array<number>(bytes.length);
      for (let at = 0; at < bytes.length; at++) ids[at] = reservedIds + (bytes[at] as number);
      return ids;
    },
    byteLengths: (text) => Array.from(new TextEncoder().encode(text), () => 1),
    decode(ids) {
      const found: number[] = [];
      for (const id of ids) {
        if (silent.has(id)) continue;
        const byte = id - reservedIds;
        if (byte >= 0 && byte < BYTES) found.push(byte);
        else found.push(...replacementBytes);
      }
      // Without ignoreBOM the decoder would swallow a U+FEFF at the start.
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(found));
    },
    toJson: () => ({ name: "byte" }),
  };
  return withExtraSpecials(bytes, options.special);
}

/** Options of the byte tokenizer. Its vocabulary is fixed, so a corpus is accepted and not read. */
export interface ByteOptions {
  readonly name?: "byte" | undefined;
  readonly corpus?: unknown;
  readonly special?: ExtraSpecials | undefined;
}

/** The plugin of {@link createByteTokenizer}. */
export const bytePlugin = tokenizer("byte", createByteTokenizer, {
  description: "UTF-8 bytes: any text, no vocabulary to learn, 261 ids.",
  schema: z.strictObject({
    name: z.literal("byte").optional(),
    corpus: z.unknown().optional(),
    special: extraSpecialsSchema.optional(),
  }),
});
