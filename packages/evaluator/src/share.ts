import { DataError } from "@trivium/core";

/** The part of an evaluation that one of several processes computes. All of them evaluate the same examples. */
export interface Share {
  /** Place of this process, counted from 0. */
  readonly rank: number;
  /** Number of processes. */
  readonly ranks: number;
  /** Returns the values of all processes, which are plain JSON, in the order of the processes. All call it equally often. */
  gather<Value>(value: Value): Promise<readonly Value[]>;
}

/** Results for some of the examples. */
export interface Part<Row> {
  readonly rows: readonly (Row & { readonly index: number })[];
  /** The signal of the process ended it early. */
  readonly isStopped: boolean;
}

/** The part of a process, or the reason why there is none. */
interface Outcome<Row> {
  readonly part?: Part<Row> | undefined;
  readonly problem?: string | undefined;
}

/**
 * Computes the part of this process, and returns the rows of all processes. A part that fails fails in all.
 *
 * @param total - number of examples.
 * @throws the error of this process's part. @throws {DataError} `evaluator/share` for that of another, or if the processes cut other
 *   batches.
 */
export async function* joinParts<Event, Row>(
  own: AsyncGenerator<Event, Part<Row>>,
  total: number,
  share: Share | undefined,
): AsyncGenerator<Event, Part<Row>> {
  if (!share) return yield* own;
  let outcome: Outcome<Row>;
  let thrown: unknown;
  try {
    outcome = { part: yield* own };
  } catch (error) {
    thrown = error;
    outcome = { problem: error instanceof Error ? error.message : String(error) };
  }
  const outcomes = await share.gather(outcome);
  if (thrown !== undefined) throw thrown;
  const failed = outcomes.findIndex(({ problem }) => problem !== undefined);
  if (failed >= 0)
    throw new DataError("evaluator/share", `the part of rank ${failed} failed: ${outcomes[failed]!.problem}`);
  const parts = outcomes.flatMap(({ part }) => part ?? []);
  const rows = parts.flatMap((part) => part.rows);
  const isStopped = parts.some((part) => part.isStopped);
  const found = new Set(rows.map(({ index }) => index)).size;
  if (isStopped || found === total) return { rows, isStopped };
  const message = `the ranks cut other batches, so that ${total - found} of ${total} examples have no result; use machines of one kind, or one process`;
  throw new DataError("evaluator/share", message, { details: { found, total } });
}
