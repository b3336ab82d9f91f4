import { advance, bestOf, type SearchState, scoreOf } from "./hypotheses.ts";
import { assertOption, bestContinuations } from "./logits.ts";
import type { Search, SearchPrompt, Strategy } from "./strategy.ts";

export interface BeamOptions {
  /** The beam size: how many hypotheses stay open. With 1 the search is greedy decoding. */
  readonly beam: number;
  /**
   * α of the length penalty of Wu et al. 2016: log-probabilities are compared divided by `((5 + length) / 6)^α`, the
   * length with the end. 0 compares them as they are. Default 0.6.
   */
  readonly lengthPenalty?: number | undefined;
}

/**
 * Beam search: at each step the most probable `beam` hypotheses stay open. A hypothesis has ended if its end is among the
 * best `beam` of all continuations. The search is over when `beam` hypotheses have ended or no open one can win. The best
 * that ended wins; one that was cut at its most tokens wins where none has.
 *
 * @throws {ConfigError} `generate/beam` if it is not a positive integer or, when a search starts, greater than the
 *   vocabulary, `generate/length-penalty` if it is negative or not finite.
 * @source Wu et al. 2016, §7, https://arxiv.org/abs/1609.08144
 * @example generate({ model, parameters, objective, special, examples, maximumTokens: 20, strategy: beam({ beam: 4 }) })
 */
export function beam({ beam: size, lengthPenalty = 0.6 }: BeamOptions): Strategy {
  assertOption(Number.isSafeInteger(size) && size > 0, "beam", `beam is a positive integer, got ${size}`);
  const penaltyHolds = Number.isFinite(lengthPenalty) && lengthPenalty >= 0;
  assertOption(penaltyHolds, "length-penalty", `lengthPenalty is a number from 0, got ${lengthPenalty}`);
  return {
    name: "beam",
    rows: size,
    answers: 1,
    start(prompt) {
      const message = `beam is an integer from 1 to the ${prompt.vocabulary} tokens of the vocabulary, got ${size}`;
      assertOption(size <= prompt.vocabulary, "beam", message);
      return searching(prompt, size, lengthPenalty);
    },
  };
}

function searching({ room, ends }: SearchPrompt, size: number, lengthPenalty: number): Search {
  const rules = { beam: size, lengthPenalty, ends };
  let state: SearchState = { room, open: [{ ids: [], logProbability: 0, row: 0 }], ended: [], done: false };
  const over = { parents: new Int32Array(0), ids: new Int32Array(0), finished: [] };
  return {
    get rows() {
      return state.done ? 0 : state.open.length;
    },
    advance(scores) {
      const enough = size + Math.max(1, ends.length);
      const continuations = scores.map((logits) => bestContinuations(logits, enough));
      state = advance(state, continuations, rules);
      if (state.done) return over;
      const { open } = state;
      return {
        parents: Int32Array.from(open, ({ row }) => row),
        ids: Int32Array.from(open, ({ ids }) => ids.at(-1) as number),
        finished: open.map(() => false),
      };
    },
    best: () => [bestOf(state)],
    hypotheses: () => [
      ...state.open.map((one) => ({
        ...one,
        score: scoreOf(one.logProbability, one.ids.length, lengthPenalty),
        ended: false,
      })),
      ...state.ended.map((one) => ({ ...one, ended: true })),
    ],
  };
}
