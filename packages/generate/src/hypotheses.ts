import type { Continuation } from "./logits.ts";
import type { ChosenAnswer, Hypothesis, SearchPrompt } from "./strategy.ts";

/** A beginning of an answer that may go on. */
export interface OpenHypothesis extends Pick<Hypothesis, "ids" | "logProbability"> {
  /** The row that predicted its last token. */
  readonly row: number;
}

/** An answer. */
export type EndedHypothesis = Omit<Hypothesis, "ended">;

/** The search for the answer of one example. */
export interface SearchState extends Pick<SearchPrompt, "room"> {
  /** The best that go on, best first, all equally long. */
  readonly open: readonly OpenHypothesis[];
  readonly ended: readonly EndedHypothesis[];
  readonly done: boolean;
}

export interface SearchRules extends Pick<SearchPrompt, "ends"> {
  readonly beam: number;
  readonly lengthPenalty: number;
}

/**
 * A log-probability divided by the length penalty `((5 + length) / 6)^α`, so that long answers are not lost for their
 * length alone.
 *
 * @source Wu et al. 2016, §7, equation 14, https://arxiv.org/abs/1609.08144
 */
export const scoreOf = (logProbability: number, length: number, alpha: number): number =>
  logProbability / ((5 + length) / 6) ** alpha;

/**
 * A step of the search: of all continuations of its open hypotheses the best `beam` that go on stay open, and those
 * that end have ended if they are among the best `beam` of all. The search is done when `beam` hypotheses have ended, or
 * when no open one can become better than the best that has.
 *
 * @param continuations - of each open hypothesis, the best first: `beam` and one for each end are enough.
 */
export function advance(
  { open, ended, room }: SearchState,
  continuations: readonly (readonly Continuation[])[],
  { beam, lengthPenalty, ends }: SearchRules,
): SearchState {
  const all = open.flatMap(({ ids, logProbability: before }, row) =>
    (continuations[row] ?? []).map(({ id, logProbability }) => ({
      ids,
      id,
      row,
      logProbability: before + logProbability,
    })),
  );
  // The impossible would take places.
  const candidates = all.filter(({ logProbability }) => logProbability > -Infinity);
  candidates.sort((a, b) => b.logProbability - a.logProbability);
  const [longer, over]: [OpenHypothesis[], EndedHypothesis[]] = [[], [...ended]];
  for (const [rank, { ids, id, row, logProbability }] of candidates.entries()) {
    const isEnd = ends.includes(id);
    if (!isEnd && longer.length < beam) longer.push({ ids: [...ids, id], logProbability, row });
    if (isEnd && rank < beam)
      over.push({ ids, logProbability, score: scoreOf(logProbability, ids.length + 1, lengthPenalty) });
  }
  const [first] = longer;
  // The end takes a place too. Log-probabilities only fall, and weigh least in the longest answer.
  const hope = first && first.ids.length < room ? scoreOf(first.logProbability, room, lengthPenalty) : -Infinity;
  const done = over.length >= beam || hope <= Math.max(-Infinity, ...over.map(({ score }) => score));
  return { room, open: first ? longer : open, ended: over, done };
}

/** The best hypothesis that has ended, or where none has, the best one that was cut. */
export function bestOf({ open, ended }: SearchState): ChosenAnswer {
  const [first] = [...ended].sort((a, b) => b.score - a.score);
  const { ids, logProbability } = first ?? (open[0] as OpenHypothesis);
  return { ids, logProbability, reason: first ? "end" : "length" };
}
