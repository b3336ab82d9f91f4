import type { OpenHypothesis } from "./hypotheses.ts";
import { assertOption, bestIds } from "./logits.ts";
import type { ChosenAnswer, Search, SearchPrompt, Strategy } from "./strategy.ts";

export interface LengthBeamOptions {
  /** The beam size: how many hypotheses stay open, and how many answers are kept. */
  readonly beam: number;
  /** α: answers are compared by their log-probability divided by `length^α`, the length with the end. Default 1. */
  readonly lengthPenalty?: number | undefined;
  /**
   * Moment at which the search is over: when `beam` answers are there (`"first"`); when the best open hypothesis, at its present
   * length, is no better than the worst of them (`"heuristic"`); or when it cannot become better (`"never"`). Default
   * `"heuristic"`.
   */
  readonly early?: "first" | "heuristic" | "never" | undefined;
}

/**
 * Beam search as Hugging Face transformers has it: `beam` answers are kept and may be driven out by better ones, and a
 * hypothesis that reaches the most tokens is an answer. Processors change log-probabilities, which are not normalised
 * again.
 *
 * @throws {ConfigError} `generate/beam` if it is not a positive integer or, when a search starts, greater than the
 *   vocabulary, `generate/length-penalty` if it is not finite.
 * @source `GenerationMixin._beam_search` of Hugging Face transformers 5.24
 * @example generate({ model, parameters, objective, special, examples, maximumTokens: 20, strategy: lengthBeam({ beam: 4 }) })
 */
export function lengthBeam({ beam: size, lengthPenalty = 1, early = "heuristic" }: LengthBeamOptions): Strategy {
  assertOption(Number.isSafeInteger(size) && size > 0, "beam", `beam is a positive integer, got ${size}`);
  const message = `lengthPenalty is a finite number, got ${lengthPenalty}`;
  assertOption(Number.isFinite(lengthPenalty), "length-penalty", message);
  return {
    name: "length-beam",
    rows: size,
    answers: size,
    scores: "log-probabilities",
    start(prompt) {
      const limit = `beam is an integer from 1 to the ${prompt.vocabulary} tokens of the vocabulary, got ${size}`;
      assertOption(size <= prompt.vocabulary, "beam", limit);
      return searching(prompt, { size, lengthPenalty, early });
    },
  };
}

interface Rules {
  readonly size: number;
  readonly lengthPenalty: number;
  readonly early: NonNullable<LengthBeamOptions["early"]>;
}

type Kept = ChosenAnswer & { readonly score: number };

/** A continuation of an open hypothesis. */
interface Candidate extends OpenHypothesis {
  /** True if it ends, or has the most tokens. */
  readonly over: boolean;
  readonly reason: ChosenAnswer["reason"];
}

function searching(prompt: SearchPrompt, rules: Rules): Search {
  const enough = Math.max(2, 1 + prompt.ends.length) * rules.size;
  let open: readonly OpenHypothesis[] = [{ ids: [], logProbability: 0, row: 0 }];
  let kept: readonly Kept[] = [];
  let done = false;
  return {
    get rows() {
      return done ? 0 : open.length;
    },
    advance(scores) {
      const candidates = candidatesOf(open, scores, { ...prompt, enough }).slice(0, enough);
      const length = (open[0] as OpenHypothesis).ids.length + 1;
      kept = keep(kept, candidates.slice(0, rules.size), length, rules);
      const longer = candidates.filter(({ over }) => !over).slice(0, rules.size);
      done = isDone(longer[0], kept, prompt.room, rules);
      if (longer.length > 0) open = longer;
      const going = done ? [] : longer;
      return {
        parents: Int32Array.from(going, ({ row }) => row),
        ids: Int32Array.from(going, ({ ids }) => ids.at(-1) as number),
        finished: going.map(() => false),
      };
    },
    best: () => (kept.length > 0 ? kept : [{ ...(open[0] as OpenHypothesis), reason: "length" }]),
    hypotheses: () => [
      ...open.map((one) => ({ ...one, score: scoreOf(one.logProbability, one.ids.length, rules), ended: false })),
      ...kept.map((one) => ({ ...one, ended: true })),
    ],
  };
}

const scoreOf = (logProbability: number, length: number, { lengthPenalty }: Rules): number =>
  logProbability / length ** lengthPenalty;

function candidatesOf(
  open: readonly OpenHypothesis[],
  scores: readonly Float32Array[],
  { ends, room, enough }: Pick<SearchPrompt, "ends" | "room"> & { readonly enough: number },
): Candidate[] {
  const candidates = open.flatMap(({ ids, logProbability: before }, row) => {
    const logProbabilities = scores[row] as Float32Array;
    return bestIds(logProbabilities, enough).map((id): Candidate => {
      const logProbability = before + (logProbabilities[id] as number);
      const isEnd = ends.includes(id);
      const over = isEnd || ids.length + 1 >= room;
      const reason = isEnd ? "end" : "length";
      return { ids: isEnd ? ids : [...ids, id], logProbability, row, over, reason };
    });
  });
  return candidates
    .filter(({ logProbability }) => logProbability > -Infinity)
    .sort((a, b) => b.logProbability - a.logProbability);
}

/** The best answers so far, with those of the best candidates that are over. */
function keep(kept: readonly Kept[], candidates: readonly Candidate[], length: number, rules: Rules): readonly Kept[] {
  if (rules.early === "first" && kept.length >= rules.size) return kept;
  const fresh = candidates
    .filter(({ over }) => over)
    .map(({ ids, logProbability, reason }): Kept => {
      return { ids, logProbability, reason, score: scoreOf(logProbability, length, rules) };
    });
  return [...kept, ...fresh].sort((a, b) => b.score - a.score).slice(0, rules.size);
}

function isDone(best: OpenHypothesis | undefined, kept: readonly Kept[], room: number, rules: Rules): boolean {
  if (!best) return true;
  if (kept.length < rules.size) return false;
  if (rules.early === "first") return true;
  const length = rules.early === "never" && rules.lengthPenalty > 0 ? room : best.ids.length;
  return scoreOf(best.logProbability, length, rules) <= (kept.at(-1) as Kept).score;
}
