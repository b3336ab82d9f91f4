/** What is summed over held-out examples. */
export interface LikelihoodSums {
  /** Negative log-likelihood of all target tokens, nats. */
  readonly nats: number;
  readonly tokens: number;
  /** Characters of the text that those tokens spell. */
  readonly characters: number;
}

export interface Likelihood {
  /** Nats per target token. */
  readonly loss: number;
  /** `exp(loss)`. Comparable only between models of one tokenizer. */
  readonly perplexity: number;
  /** Bits per character of target text: comparable across tokenizers. */
  readonly bitsPerCharacter: number;
  readonly tokens: number;
}

/**
 * Loss, perplexity and bits per character of held-out text.
 *
 * @example likelihood({ nats: 3 * Math.LN2, tokens: 3, characters: 3 }).bitsPerCharacter // => 1
 */
export function likelihood({ nats, tokens, characters }: LikelihoodSums): Likelihood {
  const loss = nats / Math.max(1, tokens);
  return { loss, perplexity: Math.exp(loss), bitsPerCharacter: nats / Math.LN2 / Math.max(1, characters), tokens };
}
