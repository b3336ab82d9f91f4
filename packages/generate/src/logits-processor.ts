import { defineKind } from "@trivium/registry";

/** The row of which logits are processed. */
export interface ProcessedRow {
  /** The example's place in the request. */
  readonly index: number;
  /** The answer's place among those of the example; 0 for a search that chooses several. */
  readonly sample: number;
  /** The ids of the predicting stream before the answer. */
  readonly prompt: readonly number[];
  /** The ids of the stream that an encoder read. Undefined where there is none. */
  readonly source?: readonly number[] | undefined;
  /** The ids that end an answer. */
  readonly ends: readonly number[];
  /** The most tokens of the answer, its end among them. */
  readonly room: number;
}

/** A processor at work on one row. */
export interface RowProcessor {
  /**
   * Changes the scores of the next token, `[V]`; −Infinity forbids an id. Scores are logits, or log-probabilities where a
   * strategy says so.
   */
  apply(scores: Float32Array): void;
  /** Called with each token that the row has chosen. */
  accept(id: number): void;
  /** A second one in the same state: rows of a beam part. */
  fork(): RowProcessor;
}

/** A change of scores before a strategy reads them: a grammar, a penalty on repetition, a temperature. */
export interface LogitsProcessor {
  readonly name: string;
  create(row: ProcessedRow): RowProcessor;
}

/** The kind of logits processors: a function from options to a processor. */
export const logitsProcessor = defineKind<(options: never) => LogitsProcessor>()("logits-processor");

/** A processor that is the same for every row. */
export interface StatelessProcessor extends LogitsProcessor {
  create(): RowProcessor;
}

/**
 * A processor that looks at nothing but the scores.
 *
 * @example stateless("never-7", (scores) => { scores[7] = Number.NEGATIVE_INFINITY; })
 */
export function stateless(name: string, apply: RowProcessor["apply"]): StatelessProcessor {
  const row: RowProcessor = { apply, accept() {}, fork: () => row };
  return { name, create: () => row };
}

/** Changes scores by the ids of an answer so far, and by what stands before the answer. */
export type ApplyByAnswer = (scores: Float32Array, answer: readonly number[], row: ProcessedRow) => void;

/**
 * A processor that looks at the ids of an answer so far.
 *
 * @example byAnswer("no-seven-first", (scores, { length }) => { if (length === 0) scores[7] = Number.NEGATIVE_INFINITY; })
 */
export function byAnswer(name: string, apply: ApplyByAnswer): LogitsProcessor {
  const at = (row: ProcessedRow, answer: number[]): RowProcessor => ({
    apply: (scores) => apply(scores, answer, row),
    accept: (id) => void answer.push(id),
    fork: () => at(row, [...answer]),
  });
  return { name, create: (row) => at(row, []) };
}

/** Forbids ids; those beyond the vocabulary are passed over. */
export function forbid(scores: Float32Array, ids: Iterable<number>): void {
  for (const id of ids) if (id < scores.length) scores[id] = Number.NEGATIVE_INFINITY;
}
