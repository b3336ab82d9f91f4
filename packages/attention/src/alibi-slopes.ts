import { ConfigError } from "@trivium/core";

/**
 * ALiBi's slope of each head: `2^(−8·i/H)` for `i = 1 … H` where H is a power of two; else the slopes of the power of
 * two below it, followed by every other slope of the power of two above.
 *
 * @returns H slopes, logits per position.
 * @throws {ConfigError} `attention/alibi-heads` if `heads` is not a positive integer.
 * @source Press et al. 2022, §3, https://arxiv.org/abs/2108.12409, and `get_slopes` of the authors' code for other H
 * @example alibiSlopes(4) // => [0.25, 0.0625, 0.015625, 0.00390625]
 */
export function alibiSlopes(heads: number): number[] {
  if (!Number.isInteger(heads) || heads < 1) {
    throw new ConfigError("attention/alibi-heads", `ALiBi needs a positive number of heads, got ${heads}`);
  }
  const below = 2 ** Math.floor(Math.log2(heads));
  const odd = geometricSlopes(2 * below).filter((_, index) => index % 2 === 0);
  return [...geometricSlopes(below), ...odd.slice(0, heads - below)];
}

const geometricSlopes = (heads: number): number[] =>
  Array.from({ length: heads }, (_, index) => 2 ** ((-8 * (index + 1)) / heads));
