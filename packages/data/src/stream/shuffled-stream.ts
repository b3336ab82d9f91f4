import type { Json, Random } from "@trivium/core";
import type { Example } from "@trivium/features";
import { exampleReader, type PackedExamples, releaseExamples } from "./packed-examples.ts";
import { type BlockPlace, firstBlock, type TokenBlock, type TokenSource } from "./token-source.ts";

/** The place of a stream: a group of examples that are shuffled together, and how many of them are taken. */
export interface StreamCursor extends Readonly<Record<string, Json>> {
  readonly epoch: number;
  readonly shard: number;
  readonly at: number;
  readonly line: number;
  /** Examples of the first block that belong to the group before. */
  readonly skip: number;
  /** Groups before, over all epochs. */
  readonly group: number;
  /** Examples of the group that are taken. */
  readonly taken: number;
}

/** The place of a stream of which nothing is taken. */
export const firstCursor: StreamCursor = { ...firstBlock, skip: 0, group: 0, taken: 0 };

/** A stream of examples in a seeded order. */
export interface ShuffledStream {
  /** The place of the example that comes next. */
  readonly cursor: StreamCursor;
  next(): Promise<Example>;
  /** Ends the reading ahead. */
  close(): void;
}

interface Group {
  /** Reads each example of the group. */
  readonly examples: readonly (() => Example)[];
  /** The beginning of the next group. */
  readonly next: Pick<StreamCursor, "epoch" | "shard" | "at" | "line" | "skip">;
}

/**
 * Streams the examples of a source for ever. Consecutive examples of an epoch form groups of `buffer` examples, the last one of
 * an epoch perhaps fewer, and each group is shuffled by its number: so a place in the stream takes no more than a few
 * numbers, and each example comes once in an epoch. The group that comes next is read while one is taken.
 */
export function createShuffledStream(
  source: TokenSource,
  { buffer, random, from }: { readonly buffer: number; readonly random: Random; readonly from: StreamCursor },
): ShuffledStream {
  const { epoch, shard, at, line, skip, taken } = from;
  const blocks = source.blocks({ epoch, shard, at, line });
  const readGroup = createGroupReader(blocks, skip);
  let cursor = from;
  let ahead: Promise<Group> | undefined;
  let current: { order: Group["examples"]; next: Group["next"] } | undefined;
  const enter = async (number: number) => {
    const { examples, next } = await (ahead ?? readGroup(buffer));
    ahead = readGroup(buffer);
    // Whoever takes from the next group meets its error.
    ahead.catch(() => undefined);
    return { order: random.split(number).shuffle(examples), next };
  };
  return {
    get cursor() {
      return cursor;
    },
    async next() {
      current ??= await enter(cursor.group);
      if (cursor === from && taken > current.order.length) throw new RangeError("the cursor is not of this stream");
      const read = current.order[cursor.taken] as () => Example;
      cursor = { ...cursor, taken: cursor.taken + 1 };
      if (cursor.taken === current.order.length) {
        cursor = { ...current.next, group: cursor.group + 1, taken: 0 };
        current = undefined;
      }
      return read();
    },
    close: () => void blocks.return?.(),
  };
}

/** Returns a function that reads one group after the other. */
function createGroupReader(blocks: AsyncIterator<TokenBlock>, first: number): (size: number) => Promise<Group> {
  let block: { readonly from: BlockPlace; readonly examples: Group["examples"] } | undefined;
  let skip = first;
  const nextBlock = async () => {
    const { value } = await blocks.next();
    const { from: place, examples } = value as TokenBlock;
    return { from: place, examples: readOnce(examples, examples.kinds.length - skip) };
  };
  return async (size) => {
    const examples: (() => Example)[] = [];
    block ??= await nextBlock();
    let { epoch } = block.from;
    while (examples.length < size && (block.from.epoch === epoch || examples.length === 0)) {
      epoch = block.from.epoch;
      const part = block.examples.slice(skip, skip + size - examples.length);
      examples.push(...part);
      skip += part.length;
      if (skip < block.examples.length) continue;
      skip = 0;
      block = await nextBlock();
    }
    return { examples, next: { ...block.from, skip } };
  };
}

/** Returns a reader for each example. The examples' memory is released when so many of them are read. */
function readOnce(packed: PackedExamples, wanted: number): (() => Example)[] {
  const read = exampleReader(packed);
  let left = wanted;
  return Array.from(packed.kinds, (_, at) => () => {
    const example = read(at);
    left -= 1;
    if (left === 0) releaseExamples(packed);
    return example;
  });
}
