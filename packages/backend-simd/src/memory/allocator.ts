import { ConfigError } from "@trivium/core";
import { createFreeLists } from "./free-lists.ts";

/** Bytes of a granule: every block starts and ends on a cache line. */
export const GRANULE = 64;

/** A run of granules; neighbours in memory are linked so that freeing can merge them. */
export interface Block {
  /** First granule. */
  start: number;
  /** Length in granules. */
  size: number;
  free: boolean;
  before: Block | undefined;
  after: Block | undefined;
  /** Neighbours in the list of free blocks of the same size class. */
  previousFree: Block | undefined;
  nextFree: Block | undefined;
}

/** How an allocator gets more memory: returns the new end in bytes, or the old one if there is no more. */
export type GrowMemory = (wantedEndBytes: number) => number;

export interface AllocatorOptions {
  /** First byte that may be handed out. */
  readonly startBytes: number;
  /** End of what exists already. */
  readonly endBytes: number;
  readonly grow: GrowMemory;
}

/** Hands out blocks of one growing address range and takes them back at once. */
export interface Allocator {
  /** A block of at least that many bytes, or undefined if there is no room even after growing. */
  allocate(bytes: number): Block | undefined;
  /** @throws {ConfigError} `simd/double-free` if the block is free already. */
  release(block: Block): void;
  /** Bytes in blocks that are handed out. */
  liveBytes(): number;
  /** Bytes of the largest block that could be handed out without growing. */
  largestFreeBytes(): number;
  /** Blocks in address order, for tests and reports. */
  blocks(): Iterable<Readonly<Block>>;
}

/**
 * A two-level segregated-fit allocator: constant time, a free block is merged with its neighbours at once.
 *
 * Sizes are rounded up to their class (at most 1/32 more), so that a block of a size that recurs every step is
 * found again in its own class, last freed first.
 *
 * @source Masmano et al. 2004, TLSF: a new dynamic memory allocator for real-time systems
 * @example
 * const allocator = createAllocator({ startBytes: 0, endBytes: 65536, grow: (end) => end });
 * const block = allocator.allocate(100);
 */
export function createAllocator({ startBytes, endBytes, grow }: AllocatorOptions): Allocator {
  const lists = createFreeLists();
  const first = newBlock(Math.ceil(startBytes / GRANULE), 0);
  let last = first;
  let end = first.start;
  let liveGranules = 0;

  const extend = (newEnd: number): void => {
    if (newEnd <= end) return;
    const block = last.free && last !== first ? take(last) : append(newBlock(end, 0));
    block.size += newEnd - end;
    end = newEnd;
    lists.insert(block);
  };
  const take = (block: Block): Block => {
    lists.remove(block);
    return block;
  };
  const append = (block: Block): Block => {
    block.before = last;
    last.after = block;
    last = block;
    return block;
  };
  const absorbNext = (block: Block): void => {
    const next = block.after as Block;
    block.size += next.size;
    block.after = next.after;
    // What was absorbed must not be released a second time.
    next.free = true;
    if (next.after === undefined) last = block;
    else next.after.before = block;
  };
  const split = (block: Block, size: number): void => {
    const rest = newBlock(block.start + size, block.size - size);
    rest.before = block;
    rest.after = block.after;
    if (block.after === undefined) last = rest;
    else block.after.before = rest;
    block.after = rest;
    block.size = size;
    lists.insert(rest);
  };
  const find = (size: number): Block | undefined => {
    const found = lists.find(size);
    if (found !== undefined) return found;
    const usable = last.free ? last.size : 0;
    extend(Math.floor(grow((end + size - usable) * GRANULE) / GRANULE));
    return lists.find(size);
  };

  extend(Math.floor(endBytes / GRANULE));
  return {
    allocate(bytes) {
      const size = lists.roundUp(Math.max(1, Math.ceil(bytes / GRANULE)));
      const block = find(size);
      if (block === undefined) return undefined;
      lists.remove(block);
      if (block.size > size) split(block, size);
      liveGranules += block.size;
      return block;
    },
    release(block) {
      if (block.free) throw new ConfigError("simd/double-free", `block at ${block.start * GRANULE} is free already`);
      liveGranules -= block.size;
      if (block.after?.free) {
        take(block.after);
        absorbNext(block);
      }
      const before = block.before;
      if (before?.free && before !== first) {
        take(before);
        absorbNext(before);
        lists.insert(before);
      } else {
        lists.insert(block);
      }
    },
    liveBytes: () => liveGranules * GRANULE,
    largestFreeBytes: () => lists.largest() * GRANULE,
    *blocks() {
      for (let block = first.after; block !== undefined; block = block.after) yield block;
    },
  };
}

function newBlock(start: number, size: number): Block {
  return {
    start,
    size,
    free: false,
    before: undefined,
    after: undefined,
    previousFree: undefined,
    nextFree: undefined,
  };
}
