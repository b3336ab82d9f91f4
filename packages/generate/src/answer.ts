import type { AnswerEvents } from "./answer-events.ts";
import type { GenerateEvent } from "./generate-event.ts";
import { bestContinuations, entropyOf, logProbabilities } from "./logits.ts";
import type { RowProcessor } from "./logits-processor.ts";
import type { Advance, ChosenAnswer, RowsToRun, Search, Strategy } from "./strategy.ts";
import { type LogProbabilityOptions, TokenScores } from "./token-scores.ts";

/** Candidates of a row that a trace shows. */
const SHOWN_CANDIDATES = 10;

export interface AnswerOptions extends Pick<Strategy, "scores"> {
  readonly search: Search;
  /** Processors of the first row. */
  readonly processors: readonly RowProcessor[];
  /** The answers: one, or as many as are taken of those that the search chooses. */
  readonly events: readonly [AnswerEvents, ...AnswerEvents[]];
  readonly trace: boolean | undefined;
  /** Undefined where none are asked for. */
  readonly logProbabilities: LogProbabilityOptions | undefined;
}

const NO_ROWS: RowsToRun = { parents: new Int32Array(0), ids: new Int32Array(0) };

/** A search for an answer, or for several, under way. */
export class Answer {
  readonly #options: AnswerOptions;
  readonly #tokens: TokenScores | undefined;
  #processors: (readonly RowProcessor[])[];

  constructor(options: AnswerOptions) {
    this.#options = options;
    this.#processors = [options.processors];
    this.#tokens = options.logProbabilities && new TokenScores(options.logProbabilities);
  }

  /** Rows that it has in the batch. */
  get rows(): number {
    return this.#over ? 0 : this.#processors.length;
  }

  get #over(): boolean {
    return this.#options.events.every(({ over }) => over);
  }

  /**
   * A step: chooses tokens by the logits of its rows, and says what came of it.
   *
   * @param logits - `[rows][V]`; may be changed.
   * @param states - states of its rows for the search, `[rows][tokens][M]`; where the strategy asks for them.
   */
  *step(
    logits: readonly Float32Array[],
    states?: readonly (readonly Float32Array[])[],
  ): Generator<GenerateEvent, RowsToRun> {
    const { search, trace, events } = this.#options;
    this.#process(logits);
    const advance = search.advance(logits, states);
    if (trace) {
      const candidates = logits.map((scores) => bestContinuations(scores, SHOWN_CANDIDATES));
      const entropies = logits.map(entropyOf);
      yield { type: "step", ...events[0].place, candidates, entropies, hypotheses: search.hypotheses?.() ?? [] };
    }
    if (search.best) {
      if (advance.ids.length === 0) yield* this.#emitBest(search.best());
    } else yield* this.#emitNewest(advance);
    if (this.#over) return NO_ROWS;
    if (search.best) this.#tokens?.follow(advance);
    this.#processors = this.#follow(advance);
    return advance;
  }

  /** Ends it before its end. */
  *abort(): Generator<GenerateEvent> {
    for (const events of this.#options.events) if (!events.over) yield* events.finish("aborted");
  }

  /** Turns logits into the scores that the search reads. */
  #process(logits: readonly Float32Array[]): void {
    const { scores, logProbabilities: asked } = this.#options;
    if (scores === "log-probabilities") for (const row of logits) row.set(logProbabilities(row));
    if (asked && asked.of !== "processed") this.#tokens?.read(logits.map((row) => row.slice()));
    for (const [row, processors] of this.#processors.entries())
      for (const processor of processors) processor.apply(logits[row] as Float32Array);
    if (asked?.of === "processed") this.#tokens?.read(logits);
  }

  *#emitNewest({ ids, finished }: Advance): Generator<GenerateEvent> {
    const [events] = this.#options.events;
    if (finished[0]) return yield* events.finish("end");
    const id = ids[0] as number;
    yield* events.accept(id, this.#tokens?.newest(id));
  }

  *#emitBest(best: readonly ChosenAnswer[]): Generator<GenerateEvent> {
    for (const [rank, events] of this.#options.events.entries()) {
      // A search that found fewer has no more.
      const { ids, reason, logProbability } = best[rank] ?? { ids: [], reason: "length", logProbability: -Infinity };
      const scores = this.#tokens?.along(ids);
      for (const [at, id] of ids.entries()) if (!events.over) yield* events.accept(id, scores?.[at]);
      if (!events.over) yield* events.finish(reason, { logProbability });
    }
  }

  /** The processors of the rows that go on; a row that goes on twice has two. */
  #follow({ parents, ids }: Advance): (readonly RowProcessor[])[] {
    const taken = new Set<number>();
    const rows = Array.from(parents, (parent) => {
      const before = this.#processors[parent] as readonly RowProcessor[];
      const own = taken.has(parent) ? before.map((processor) => processor.fork()) : before;
      taken.add(parent);
      return own;
    });
    // All have parted before one of them hears of a token.
    for (const [row, processors] of rows.entries()) {
      for (const processor of processors) processor.accept(ids[row] as number);
    }
    return rows;
  }
}
