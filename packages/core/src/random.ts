import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { ConfigError } from "./errors.ts";

/** The position of a stream, as plain JSON: give it to `createRandom` to go on from there. */
export interface RandomState {
  readonly path: string;
  readonly words: readonly number[];
}

/** A seeded stream of random numbers that can be split by name into independent streams. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
  /**
   * The stream of that name. It depends on the seed and the names on the way alone, never on what was drawn
   * before, so adding a draw in one place moves nothing elsewhere.
   */
  split(name: string | number): Random;
  state(): RandomState;
}

/**
 * A random stream from a seed or from a saved state: the same numbers on every machine.
 *
 * @param seed - an integer, a string, or what `state()` returned.
 * @throws {ConfigError} `random/seed` if the seed is not a finite integer or a string.
 * @source xoroshiro128+, Blackman and Vigna 2018, https://arxiv.org/abs/1805.01407 (by way of pure-rand)
 * @example createRandom(7).split("data").integer(10) === createRandom(7).split("data").integer(10) // => true
 */
export function createRandom(seed: number | string | RandomState): Random {
  if (typeof seed === "object") return stream(seed.path, seed.words);
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
    throw new ConfigError("random/seed", `a seed is an integer or a string, got ${seed}`, { details: { seed } });
  }
  return stream(String(seed));
}

function stream(path: string, words?: readonly number[]): Random {
  const seedWords = hashWords(path);
  // A generator whose state is all zero would stay there; one draw from a fixed seed stands in.
  const start = seedWords.some((word) => word !== 0) ? seedWords : [...xoroshiro128plus(1).getState()];
  const generator = xoroshiro128plusFromState([...(words ?? start)]);
  const random: Random = {
    uniform: () => uniformFloat64(generator),
    normal() {
      const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
      return radius * Math.cos(2 * Math.PI * random.uniform());
    },
    integer(bound) {
      if (!Number.isSafeInteger(bound) || bound < 1) {
        throw new ConfigError("random/bound", `integer(bound) needs a positive integer, got ${bound}`);
      }
      return uniformInt(generator, 0, bound - 1);
    },
    shuffle(items) {
      const copy = [...items];
      for (let last = copy.length - 1; last > 0; last--) {
        const other = random.integer(last + 1);
        [copy[last], copy[other]] = [copy[other] as never, copy[last] as never];
      }
      return copy;
    },
    split: (name) => stream(`${path}/${name}`),
    state: () => ({ path, words: [...generator.getState()] }),
  };
  return random;
}

/**
 * Four 32-bit words that depend on every character of `text`.
 *
 * @returns four integers in the range of int32.
 * @source MurmurHash3's finaliser over four lanes, Appleby 2011, https://github.com/aappleby/smhasher
 */
export function hashWords(text: string): [number, number, number, number] {
  const lanes: [number, number, number, number] = [1779033703, -1150833019, 1013904242, -1521486534];
  const multipliers = [597399067, -1425107063, 951274213, -1578923117];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    for (let lane = 0; lane < 4; lane++) {
      lanes[lane] = Math.imul(lanes[(lane + 1) % 4]! ^ code ^ (lanes[lane]! >>> 13), multipliers[lane]!);
    }
  }
  for (let round = 0; round < 2; round++) {
    for (let lane = 0; lane < 4; lane++) lanes[lane] = finalise(lanes[lane]! ^ lanes[(lane + 1) % 4]!);
  }
  return lanes;
}

function finalise(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, -2048144789);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, -1028477387);
  return mixed ^ (mixed >>> 16);
}
