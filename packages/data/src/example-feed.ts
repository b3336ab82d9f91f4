import type { Json, Random } from "@trivium/core";
import type { Example } from "@trivium/features";

/** An example, and the stream from which its objective draws. */
export interface DrawnExample {
  readonly example: Example;
  readonly random: Random;
}

/** An example of a feed, and what recalls it. */
export interface FedExample {
  readonly drawn: DrawnExample;
  /** Plain JSON from which the feed makes the same example again. */
  readonly recalled: Json;
}

/** Training examples one after the other, for ever. */
export interface ExampleFeed {
  next(): FedExample | Promise<FedExample>;
  /** Place of the example that comes next. */
  cursor(): Json;
  /** Ends the reading ahead. */
  close(): void;
}

/** Training examples that can be read from any place on. */
export interface ExampleSource {
  /** @param cursor - a feed's cursor. Null for the beginning. */
  open(cursor: Json): ExampleFeed;
  /** Returns an example that a feed gave. */
  recall(recalled: Json): DrawnExample;
}
