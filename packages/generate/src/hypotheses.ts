/** A beginning of an answer that may go on. */
export interface OpenHypothesis {
  readonly ids: readonly number[];
  /** Of all its tokens, nats. */
  readonly logProbability: number;
  /** The row of the batch that predicted its last token. */
  readonly row: number;
}

/** An answer. */
export interface EndedHypothesis {
  readonly ids: readonly number[];
  /** Of all its tokens and the end, nats. */
  readonly logProbability: number;
  /** Log-probability divided by the length penalty. */
  readonly score: number;
}

/** The state of the search for the answer of one example. */
export interface Search {
  /** The most tokens of an answer. */
  readonly room: number;
  /** The best that go on, best first, all equally long. */
  readonly open: readonly OpenHypothesis[];
  readonly ended: readonly EndedHypothesis[];
  readonly done: boolean;
}

/** A token that a row may go on with. */
export interface Continuation {
  readonly id: number;
  /** Nats. */
  readonly logProbability: number;
}

export interface SearchRules {
  readonly beam: number;
  readonly lengthPenalty: number;
  /** The ids that end an answer. */
  readonly end: readonly number[];
}

/**
 * Divides log-probabilities, so that long answers are not lost for their length alone: `((5 + length) / 6)^α`.
 *
 * @source Wu et al. 2016, §7, equation 14, https://arxiv.org/abs/1609.08144
 */
const penaltyOf = (length: number, alpha: number): number => ((5 + length) / 6) ** alpha;

/**
 * A step of the search: of all continuations of its open hypotheses the best `beam` that go on stay open, and those
 * that end have ended if they are among the best `beam` of all. It is done when as many have ended, or when no open
 * one can become better than the best that has.
 *
 * @param continuations - of each row of the batch, the best first: `beam` and one more for each end are enough.
 * @param firstRow - the row of the first open hypothesis.
 */
export function advance(
  { open, ended, room }: Search,
  { continuations, firstRow }: { continuations: readonly (readonly Continuation[])[]; firstRow: number },
  { beam, lengthPenalty, end }: SearchRules,
): Search {
  const candidates = open
    .flatMap((hypothesis, at) =>
      (continuations[firstRow + at] ?? []).map(({ id, logProbability }) => ({
        ...{ hypothesis, id, row: firstRow + at, logProbability: hypothesis.logProbability + logProbability },
      })),
    )
    // The impossible would take places.
    .filter(({ logProbability }) => logProbability > -Infinity);
  candidates.sort((a, b) => b.logProbability - a.logProbability);
  const [longer, over]: [OpenHypothesis[], EndedHypothesis[]] = [[], [...ended]];
  for (const [rank, { hypothesis, id, row, logProbability }] of candidates.entries()) {
    const { ids } = hypothesis;
    const ends = end.includes(id);
    if (!ends && longer.length < beam) longer.push({ ids: [...ids, id], logProbability, row });
    if (ends && rank < beam)
      over.push({ ids, logProbability, score: logProbability / penaltyOf(ids.length + 1, lengthPenalty) });
  }
  const [first] = longer;
  // The end takes a place too. Log-probabilities only fall, and weigh least in the longest answer.
  const hope = first && first.ids.length < room ? first.logProbability / penaltyOf(room, lengthPenalty) : -Infinity;
  const done = over.length >= beam || hope <= Math.max(-Infinity, ...over.map(({ score }) => score));
  return { room, open: first ? longer : open, ended: over, done };
}

/** The best that has ended, or where none has, the best that was cut. */
export function bestOf({ open, ended }: Search): { best: OpenHypothesis | EndedHypothesis; stopped: "end" | "length" } {
  const [first] = [...ended].sort((a, b) => b.score - a.score);
  return first ? { best: first, stopped: "end" } : { best: open[0] as OpenHypothesis, stopped: "length" };
}
