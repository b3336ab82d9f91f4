import { z } from "zod";
import { assertOption, bestContinuations, type Continuation } from "./logits.ts";
import type { Search, SearchPrompt, Strategy } from "./strategy.ts";

export const contrastiveSchema = z.strictObject({
  /** k: tokens that are weighed up at each step, the most probable ones. Default 4. */
  candidates: z.int().positive().optional(),
  /** α, from 0 to 1: weight of the penalty. With 0 the search is greedy decoding. Default 0.6. */
  penalty: z.number().min(0).max(1).optional(),
});

export type ContrastiveOptions = z.input<typeof contrastiveSchema>;

/**
 * Contrastive search: of the `k` most probable tokens the one with the greatest `(1 − α)·p − α·s`. `p` is the token's
 * probability, and `s` the greatest cosine of the model's state at it and those at the tokens before, of the prompt too. So an
 * answer is likely and does not repeat itself, without chance. Each step runs `k` rows. An answer's tokens come when it ends.
 *
 * @throws {ConfigError} `generate/candidates` if it is not a positive integer or, when a search starts, greater than the
 *   vocabulary, `generate/penalty` if it is not from 0 to 1.
 * @source Su et al. 2022, §3.2, https://arxiv.org/abs/2202.06417
 * @example generate({ model, parameters, objective, special, examples, maximumTokens: 20, strategy: contrastive() })
 */
export function contrastive({ candidates: k = 4, penalty = 0.6 }: ContrastiveOptions = {}): Strategy {
  assertOption(Number.isSafeInteger(k) && k > 0, "candidates", `candidates is a positive integer, got ${k}`);
  assertOption(penalty >= 0 && penalty <= 1, "penalty", `penalty is from 0 to 1, got ${penalty}`);
  return {
    name: "contrastive",
    rows: k,
    answers: 1,
    states: true,
    start(prompt) {
      const message = `candidates is an integer from 1 to the ${prompt.vocabulary} tokens of the vocabulary, got ${k}`;
      assertOption(k <= prompt.vocabulary, "candidates", message);
      return searching(prompt, k, penalty);
    },
  };
}

function searching({ room, ends }: SearchPrompt, k: number, penalty: number): Search {
  const ids: number[] = [];
  /** States at the prompt and at the answer's tokens, of length 1. */
  const seen: Float32Array[] = [];
  let weighed: readonly Continuation[] = [];
  let logProbability = 0;
  let reason: "end" | "length" | undefined;
  /** Takes the best of the tokens that were run. Returns its row. */
  const choose = (states: readonly Float32Array[]): number => {
    const scores = weighed.map(({ logProbability: own }, row) => {
      const nearest = seen.reduce((most, one) => Math.max(most, dot(one, states[row] as Float32Array)), -1);
      return (1 - penalty) * Math.exp(own) - penalty * nearest;
    });
    const row = scores.indexOf(Math.max(...scores));
    const chosen = weighed[row] as Continuation;
    logProbability += chosen.logProbability;
    if (ends.includes(chosen.id)) reason = "end";
    else ids.push(chosen.id);
    return row;
  };
  return {
    get rows() {
      return reason ? 0 : Math.max(1, weighed.length);
    },
    advance(scores, given) {
      const states = (given ?? []).map((row) => row.map(unit));
      const row = weighed.length > 0 ? choose(states.map(([state]) => state as Float32Array)) : 0;
      seen.push(...(states[row] ?? []));
      if (ids.length >= room) reason ??= "length";
      weighed = reason ? [] : bestContinuations(scores[row] as Float32Array, k).filter(isPossible);
      return {
        parents: new Int32Array(weighed.length).fill(row),
        ids: Int32Array.from(weighed, ({ id }) => id),
        finished: weighed.map(() => false),
      };
    },
    best: () => [{ ids, logProbability, reason: reason ?? "length" }],
  };
}

const isPossible = ({ logProbability }: Continuation): boolean => logProbability > -Infinity;

/** A vector of length 1 in the same direction; of a zero vector itself. */
function unit(state: Float32Array): Float32Array {
  const length = Math.sqrt(dot(state, state)) || 1;
  return state.map((value) => value / length);
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] as number) * (other[at] as number);
  return sum;
}
