import type { TextExample } from "@trivium/features";

/** A place in a shard at which a block begins. */
export interface Place {
  /** Bytes before it, decompressed; of a table, rows. */
  readonly at: number;
  /** Lines or rows before it. */
  readonly line: number;
}

/** The beginning of a shard. */
export const firstPlace: Place = { at: 0, line: 0 };

/** Consecutive examples of a shard. Where blocks are cut follows from the shard alone. */
export interface ExampleBlock {
  readonly from: Place;
  /** Where the next block begins. */
  readonly next: Place;
  readonly examples: readonly TextExample[];
  /** The line of each example, counted from 1; of a table, the row. */
  readonly lines: readonly number[];
}
