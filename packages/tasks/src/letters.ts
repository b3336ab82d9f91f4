import type { Random } from "@trivium/core";

const alphabet = "abcdefghijklmnopqrstuvwxyz";

/** The first `count` letters, at most 26: the symbols of tasks over sequences. */
export const letters = (count: number): string[] => [...alphabet.slice(0, count)];

/** `length` items, each drawn uniformly from `items`. */
export const drawFrom = <T>(items: readonly T[], length: number, random: Random): T[] =>
  Array.from({ length }, () => items[random.integer(items.length)] as T);

/** An integer that is drawn uniformly from `least` to `most`, both included. */
export const drawBetween = (least: number, most: number, random: Random): number =>
  least + random.integer(most - least + 1);
