import { ConfigError, type Random } from "@trivium/core";
import type { TextPair } from "@trivium/features";

/** Draws without a new source, for each that was found, after which there are taken to be no more. */
const PATIENCE = 50;

/**
 * Draws pairs until `count` of them have sources that nothing else has.
 *
 * @param wanted.taken - the sources that are in use already; those that are found join them.
 * @throws {ConfigError} `tasks/too-few` if so many different sources do not exist, saying how many do.
 */
export function drawDistinct(
  random: Random,
  draw: (random: Random) => TextPair,
  { count, taken, what }: { readonly count: number; readonly taken: Set<string>; readonly what: string },
): TextPair[] {
  const found: TextPair[] = [];
  for (let misses = 0; found.length < count; ) {
    const pair = draw(random);
    if (taken.has(pair.source)) {
      misses++;
      if (misses > PATIENCE * (taken.size + 1)) throw tooFew(found.length, count, what);
      continue;
    }
    misses = 0;
    taken.add(pair.source);
    found.push(pair);
  }
  return found;
}

function tooFew(found: number, count: number, what: string): ConfigError {
  const problem = `${what}: ${count} examples were asked for, but only ${found} exist that are in no other part`;
  return new ConfigError("tasks/too-few", `${problem}; ask for fewer, or make the task larger`, {
    details: { wanted: count, exist: found },
  });
}
