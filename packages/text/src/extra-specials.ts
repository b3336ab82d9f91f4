import { z } from "zod";
import type { Tokenizer } from "./tokenizer.ts";

/** The schema of {@link ExtraSpecials}. Unknown fields are errors. */
export const extraSpecialsSchema = z.strictObject({
  mask: z.boolean().optional(),
  sentinels: z.int().min(1).max(10_000).optional(),
  named: z.array(z.string().min(1)).optional(),
});

/** Special tokens that a vocabulary has on demand: a mask, a number of sentinels, and further ones by their names. */
export interface ExtraSpecials {
  readonly mask?: boolean | undefined;
  readonly sentinels?: number | undefined;
  readonly named?: readonly string[] | undefined;
}

/**
 * Adds special tokens to a tokenizer. Their ids follow those of the vocabulary, which stay: the mask, the sentinels in
 * the order of the spans, and the named ones. They decode to nothing, and no text encodes to them.
 *
 * @example withExtraSpecials(createByteTokenizer(), { sentinels: 2, named: ["fim-middle"] }).special.sentinels // => [261, 262]
 */
export function withExtraSpecials(tokenizer: Tokenizer, extra: ExtraSpecials | undefined): Tokenizer {
  if (extra === undefined) return tokenizer;
  let size = tokenizer.size;
  const next = () => size++;
  const { special } = tokenizer;
  const mask = extra.mask ? next() : special.mask;
  const sentinels = extra.sentinels ? Array.from({ length: extra.sentinels }, next) : special.sentinels;
  const named = Object.fromEntries((extra.named ?? []).map((name) => [name, next()]));
  const isExtra = (id: number) => id >= tokenizer.size && id < size;
  return {
    ...tokenizer,
    size,
    special: { ...special, mask, sentinels, named: { ...special.named, ...named } },
    decode: (ids) => tokenizer.decode([...ids].filter((id) => !isExtra(id))),
    toJson: () => ({ ...tokenizer.toJson(), special: extra }),
  };
}
