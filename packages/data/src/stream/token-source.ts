import type { PackedExamples } from "./packed-examples.ts";

/** Where a stream goes on: in which epoch, in which file of that epoch, and where in it. */
export interface BlockPlace {
  readonly epoch: number;
  /** Place of the file in the order of the epoch. */
  readonly shard: number;
  /** Bytes or rows before the block. */
  readonly at: number;
  /** Lines or rows before the block. */
  readonly line: number;
}

/** The beginning of the first epoch. */
export const firstBlock: BlockPlace = { epoch: 0, shard: 0, at: 0, line: 0 };

/** Consecutive training examples of a stream, as ids. Their memory belongs to the reader, who may release it. */
export interface TokenBlock {
  readonly from: BlockPlace;
  readonly examples: PackedExamples;
}

/** Training examples as ids, read from wherever they lie, for ever: an epoch follows the other. */
export interface TokenSource {
  /** Share of the examples that it gives, relative to the other sources. */
  readonly weight: number;
  /** The task of its examples. Default: none. */
  readonly task?: string | undefined;
  /** Streams blocks from the beginning of a block on. Blocks follow from the place alone. */
  blocks(from: BlockPlace): AsyncIterator<TokenBlock, void, void>;
}
