import type { Random } from "@trivium/core";

/**
 * Replaces spans of tokens by one mask each. The spans have `removed` tokens together, and lengths of a Poisson
 * distribution; a span of length 0 inserts its mask. Every arrangement of spans and kept tokens is equally likely.
 *
 * @example infill([10, 11, 12, 13], { removed: 2, meanLength: 3, mask: 4 }, random).filter((id) => id > 4).length // => 2
 */
export function infill(
  tokens: readonly number[],
  { removed, meanLength, mask }: { readonly removed: number; readonly meanLength: number; readonly mask: number },
  random: Random,
): number[] {
  const kept = Array.from({ length: tokens.length - removed }, () => undefined);
  let at = 0;
  return random.shuffle([...spanLengths(removed, meanLength, random), ...kept]).map((length) => {
    const place = at;
    at += length ?? 1;
    return length === undefined ? (tokens[place] as number) : mask;
  });
}

/**
 * Draws lengths of spans from a Poisson distribution until they add up to `removed`; the last one is cut to fit. There are
 * at most as many spans as tokens that are removed: the last of so many takes the rest.
 *
 * @source Lewis et al. 2020, §2.2, https://arxiv.org/abs/1910.13461; the cut is that of `add_whole_word_mask` in
 *   https://github.com/facebookresearch/fairseq, fairseq/data/denoising_dataset.py
 */
export function spanLengths(removed: number, mean: number, random: Random): number[] {
  const lengths: number[] = [];
  for (let rest = removed; rest > 0; ) {
    const isLast = lengths.length === removed - 1;
    const length = isLast ? rest : Math.min(poisson(mean, random), rest);
    lengths.push(length);
    rest -= length;
  }
  return lengths;
}

/**
 * Draws from a Poisson distribution: the number of events in a unit of time, by exponential waiting times.
 *
 * @source Knuth 1969, The Art of Computer Programming, volume 2, §3.4.1
 */
function poisson(mean: number, random: Random): number {
  let count = -1;
  for (let time = 0; time < mean; count++) time -= Math.log(1 - random.uniform());
  return count;
}
