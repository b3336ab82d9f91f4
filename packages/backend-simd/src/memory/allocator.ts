import { ConfigError } from "@trivium/core";
import type { Block } from "./block.ts";
import { FreeLists } from "./free-lists.ts";

/** Bytes of a granule: every block starts and ends on a cache line. */
export const GRANULE = 64;

export interface AllocatorOptions {
  /** First byte that may be handed out. */
  readonly startBytes: number;
  /** End of what exists already. */
  readonly endBytes: number;
  /** Gets more memory: returns the new end in bytes, or the old one if there is no more. */
  readonly grow: (wantedEndBytes: number) => number;
}

/**
 * Hands out blocks of one growing address range: a two-level segregated-fit allocator, in constant time. A free block is
 * merged with its neighbours at once.
 *
 * Sizes are rounded up to their class (at most 1/32 more), so that a block of a size that recurs every step is
 * found again in its own class, last freed first.
 *
 * @source Masmano et al. 2004, TLSF: a new dynamic memory allocator for real-time systems
 * @example
 * const allocator = new Allocator({ startBytes: 0, endBytes: 65536, grow: (end) => end });
 * const block = allocator.allocate(100);
 */
export class Allocator {
  private readonly lists = new FreeLists();
  private readonly grow: AllocatorOptions["grow"];
  /** Empty and never free: what every block has before it. */
  private readonly first: Block;
  private last: Block;
  /** The granule after the last block. */
  private end: number;
  private liveGranules = 0;

  constructor({ startBytes, endBytes, grow }: AllocatorOptions) {
    this.grow = grow;
    this.first = newBlock(Math.ceil(startBytes / GRANULE), 0);
    this.last = this.first;
    this.end = this.first.start;
    this.extend(Math.floor(endBytes / GRANULE));
  }

  /** A block of at least that many bytes, or undefined if there is no room even after growing. */
  allocate(bytes: number): Block | undefined {
    const size = this.lists.roundUp(Math.max(1, Math.ceil(bytes / GRANULE)));
    const block = this.find(size);
    if (block === undefined) return undefined;
    this.lists.remove(block);
    if (block.size > size) this.split(block, size);
    this.liveGranules += block.size;
    return block;
  }

  /** @throws {ConfigError} `simd/double-free` if the block is free already. */
  release(block: Block): void {
    if (block.free) throw new ConfigError("simd/double-free", `block at ${block.start * GRANULE} is free already`);
    this.liveGranules -= block.size;
    if (block.after?.free) {
      this.lists.remove(block.after);
      this.absorbNext(block);
    }
    const before = block.before;
    if (before?.free) {
      this.lists.remove(before);
      this.absorbNext(before);
      this.lists.insert(before);
    } else {
      this.lists.insert(block);
    }
  }

  /** Bytes in blocks that are handed out. */
  liveBytes(): number {
    return this.liveGranules * GRANULE;
  }

  /** Bytes of the largest block that could be handed out without growing. */
  largestFreeBytes(): number {
    return this.lists.largest() * GRANULE;
  }

  /** Blocks in address order, for tests and reports. */
  *blocks(): Iterable<Readonly<Block>> {
    for (let block = this.first.after; block !== undefined; block = block.after) yield block;
  }

  private find(size: number): Block | undefined {
    const found = this.lists.find(size);
    if (found !== undefined) return found;
    const usable = this.last.free ? this.last.size : 0;
    this.extend(Math.floor(this.grow((this.end + size - usable) * GRANULE) / GRANULE));
    return this.lists.find(size);
  }

  private extend(newEnd: number): void {
    if (newEnd <= this.end) return;
    if (this.last.free) this.lists.remove(this.last);
    else this.append(newBlock(this.end, 0));
    this.last.size += newEnd - this.end;
    this.end = newEnd;
    this.lists.insert(this.last);
  }

  private append(block: Block): void {
    block.before = this.last;
    this.last.after = block;
    this.last = block;
  }

  private absorbNext(block: Block): void {
    const next = block.after as Block;
    block.size += next.size;
    block.after = next.after;
    // What was absorbed must not be released a second time.
    next.free = true;
    if (next.after === undefined) this.last = block;
    else next.after.before = block;
  }

  private split(block: Block, size: number): void {
    const rest = newBlock(block.start + size, block.size - size);
    rest.before = block;
    rest.after = block.after;
    if (block.after === undefined) this.last = rest;
    else block.after.before = rest;
    block.after = rest;
    block.size = size;
    this.lists.insert(rest);
  }
}

function newBlock(start: number, size: number): Block {
  const neighbours = { before: undefined, after: undefined, previousFree: undefined, nextFree: undefined };
  return { start, size, free: false, ...neighbours };
}
