import { defineKind } from "@trivium/registry";

/** The row of which logits are processed. */
export interface ProcessedRow {
  /** The example's place in the request. */
  readonly index: number;
  readonly sample: number;
  /** The ids of the predicting stream before the answer. */
  readonly prompt: readonly number[];
}

/** A processor at work on one row. */
export interface RowProcessor {
  /** Changes the logits of the next token, `[V]`; −Infinity forbids an id. */
  apply(logits: Float32Array): void;
  /** Called with each token that the row has chosen. */
  accept(id: number): void;
  /** A second one in the same state: rows of a beam part. */
  fork(): RowProcessor;
}

/** A change of logits before a strategy reads them: a grammar, a penalty on repetition, a temperature. */
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
 * A processor that looks at nothing but the logits.
 *
 * @example stateless("never-7", (logits) => { logits[7] = Number.NEGATIVE_INFINITY; })
 */
export function stateless(name: string, apply: RowProcessor["apply"]): StatelessProcessor {
  const row: RowProcessor = { apply, accept() {}, fork: () => row };
  return { name, create: () => row };
}
