/** Sums over held-out examples. */
export interface LikelihoodSums {
  /** Negative log-likelihood of all target tokens, nats. */
  readonly nats: number;
  readonly tokens: number;
  /** Characters of the text that those tokens spell. */
  readonly characters: number;
  /** Bytes of that text in UTF-8. */
  readonly bytes: number;
}

export interface Likelihood {
  /** Nats per target token. */
  readonly loss: number;
  /** `exp(loss)`. Comparable only between models of one tokenizer. */
  readonly perplexity: number;
  /** Bits per character of target text: comparable across tokenizers. */
  readonly bitsPerCharacter: number;
  /** Bits per UTF-8 byte of target text: comparable across tokenizers and, with care, scripts. */
  readonly bitsPerByte: number;
  readonly tokens: number;
}

/**
 * Loss, perplexity, bits per character and bits per byte of held-out text.
 *
 * @example likelihood({ nats: 3 * Math.LN2, tokens: 3, characters: 3, bytes: 6 }).bitsPerByte // => 0.5
 */
export function likelihood({ nats, tokens, characters, bytes }: LikelihoodSums): Likelihood {
  const loss = nats / Math.max(1, tokens);
  const bitsPer = (units: number) => nats / Math.LN2 / Math.max(1, units);
  return {
    loss,
    perplexity: Math.exp(loss),
    bitsPerCharacter: bitsPer(characters),
    bitsPerByte: bitsPer(bytes),
    tokens,
  };
}
