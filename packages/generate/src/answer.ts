import type { AnswerText } from "./answer-text.ts";
import type { GenerateOptions } from "./generate.ts";
import type { FinishedEvent, FinishReason, GenerateEvent } from "./generate-event.ts";
import { bestContinuations, logProbabilityOf } from "./logits.ts";
import type { RowProcessor } from "./logits-processor.ts";
import type { Stop, StopRule } from "./stop-rule.ts";
import type { Advance, ChosenAnswer, Search } from "./strategy.ts";

/** Candidates of a row that a trace shows. */
const SHOWN_CANDIDATES = 10;

export interface AnswerOptions extends Pick<GenerateOptions, "trace" | "logProbabilities"> {
  readonly index: number;
  readonly sample: number;
  readonly search: Search;
  /** Processors of the first row. */
  readonly processors: readonly RowProcessor[];
  readonly rules: readonly StopRule[];
  /** Absent where no text is asked for. */
  readonly text: AnswerText | undefined;
}

/** Rows that go on, of those that an answer had. */
export type RowsToRun = Pick<Advance, "parents" | "ids">;

type Ending = Pick<Stop, "kept"> & Pick<FinishedEvent, "logProbability">;

const NO_ROWS: RowsToRun = { parents: new Int32Array(0), ids: new Int32Array(0) };

/** An answer under way. */
export class Answer {
  readonly #options: AnswerOptions;
  readonly #ids: number[] = [];
  #processors: (readonly RowProcessor[])[];
  #over = false;

  constructor(options: AnswerOptions) {
    this.#options = options;
    this.#processors = [options.processors];
  }

  /** Rows that it has in the batch. */
  get rows(): number {
    return this.#over ? 0 : this.#processors.length;
  }

  /**
   * A step: chooses tokens by the logits of its rows, and says what came of it.
   *
   * @param scores - logits, `[rows][V]`; may be changed.
   */
  *step(scores: readonly Float32Array[]): Generator<GenerateEvent, RowsToRun> {
    const { search, trace } = this.#options;
    for (const [row, processors] of this.#processors.entries())
      for (const processor of processors) processor.apply(scores[row] as Float32Array);
    const advance = search.advance(scores);
    if (trace) {
      const candidates = scores.map((logits) => bestContinuations(logits, SHOWN_CANDIDATES));
      yield { type: "step", ...this.#place, candidates, hypotheses: search.hypotheses?.() ?? [] };
    }
    if (search.best) {
      if (advance.ids.length === 0) yield* this.#emitBest(search.best());
    } else yield* this.#emitNewest(advance, scores[0] as Float32Array);
    if (this.#over) return NO_ROWS;
    this.#processors = this.#follow(advance);
    return advance;
  }

  /** Ends it before its end. */
  *abort(): Generator<GenerateEvent> {
    if (!this.#over) yield* this.#finish("aborted");
  }

  get #place() {
    return { index: this.#options.index, sample: this.#options.sample };
  }

  *#emitNewest({ ids, finished }: Advance, logits: Float32Array): Generator<GenerateEvent> {
    const id = ids[0] as number;
    if (finished[0]) return yield* this.#finish("end");
    yield* this.#accept(id, this.#options.logProbabilities ? logProbabilityOf(logits, id) : undefined);
  }

  *#emitBest(best: ChosenAnswer): Generator<GenerateEvent> {
    for (const id of best.ids) {
      yield* this.#accept(id);
      if (this.#over) return;
    }
    yield* this.#finish(best.reason, { logProbability: best.logProbability });
  }

  *#accept(id: number, logProbability?: number): Generator<GenerateEvent> {
    const { text, rules } = this.#options;
    this.#ids.push(id);
    yield { type: "token", ...this.#place, id, logProbability };
    const spelled = text?.of(this.#ids) ?? "";
    for (const { check } of rules) {
      const stop = check?.({ ids: this.#ids, text: spelled });
      if (stop) return yield* this.#finish(stop.reason, { kept: stop.kept });
    }
    const shown = text?.next(spelled) ?? "";
    if (shown !== "") yield { type: "text", ...this.#place, text: shown };
  }

  *#finish(reason: FinishReason, { kept, logProbability }: Ending = {}): Generator<GenerateEvent> {
    const { text } = this.#options;
    this.#over = true;
    const rest = text?.rest(text.of(this.#ids).slice(0, kept)) ?? "";
    if (rest !== "") yield { type: "text", ...this.#place, text: rest };
    yield { type: "finished", ...this.#place, reason, logProbability };
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
