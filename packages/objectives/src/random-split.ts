import type { Random } from "@trivium/core";

/**
 * Where to cut a text without a source: uniform over 1 … length − 1, so that both parts have a token.
 *
 * @source Wang et al. 2022, §3.1, https://arxiv.org/abs/2204.05832: prefix lengths uniform at random
 */
export const randomSplit = (length: number, random: Random): number => 1 + random.integer(length - 1);
