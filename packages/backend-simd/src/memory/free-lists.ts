import type { Block } from "./block.ts";

const SUB_BITS = 5;
const SUB_CLASSES = 1 << SUB_BITS;
// Sizes below 2^27 granules (8 GiB) are more than the address space of 32 bits holds.
const LEVELS = 27 - SUB_BITS + 1;

const level = (size: number): number => (size < SUB_CLASSES ? 0 : 31 - Math.clz32(size) - SUB_BITS + 1);
const subClass = (size: number, at: number): number => (at === 0 ? size : (size >>> (at - 1)) & (SUB_CLASSES - 1));
const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);
// Bits above `at`, none when `at` is 31: shifting by 32 would be shifting by 0.
const bitsFrom = (at: number): number => (at > 31 ? 0 : -1 << at);

/**
 * Free blocks by size class: powers of two, each cut in 32; sizes below 32 have a class of their own. Two levels of bitmaps
 * lead to the smallest class that fits in a few instructions.
 *
 * @source Masmano et al. 2004, TLSF: a new dynamic memory allocator for real-time systems
 */
export class FreeLists {
  private readonly heads: (Block | undefined)[] = new Array(LEVELS * SUB_CLASSES).fill(undefined);
  private readonly subMaps = new Int32Array(LEVELS);
  private levelMap = 0;

  insert(block: Block): void {
    const at = level(block.size);
    const sub = subClass(block.size, at);
    const head = this.heads[at * SUB_CLASSES + sub];
    block.free = true;
    block.previousFree = undefined;
    block.nextFree = head;
    if (head !== undefined) head.previousFree = block;
    this.heads[at * SUB_CLASSES + sub] = block;
    this.subMaps[at]! |= 1 << sub;
    this.levelMap |= 1 << at;
  }

  remove(block: Block): void {
    const { previousFree, nextFree } = block;
    if (nextFree !== undefined) nextFree.previousFree = previousFree;
    if (previousFree !== undefined) previousFree.nextFree = nextFree;
    else this.setHead(block.size, nextFree);
    block.free = false;
    block.previousFree = undefined;
    block.nextFree = undefined;
  }

  /** A block of at least `size` granules, where `size` is a class's smallest size; the newest of its class. */
  find(size: number): Block | undefined {
    let at = level(size);
    let subs = this.subMaps[at]! & bitsFrom(subClass(size, at));
    if (subs === 0) {
      const levels = this.levelMap & bitsFrom(at + 1);
      if (levels === 0) return undefined;
      at = lowestBit(levels);
      subs = this.subMaps[at]!;
    }
    return this.heads[at * SUB_CLASSES + lowestBit(subs)];
  }

  /** The smallest size at or above `size` that starts a class. */
  roundUp(size: number): number {
    const at = level(size);
    if (at === 0) return size;
    const step = 1 << (at - 1);
    return (size + step - 1) & -step;
  }

  /** Granules of the largest free block. */
  largest(): number {
    if (this.levelMap === 0) return 0;
    const at = 31 - Math.clz32(this.levelMap);
    let size = 0;
    let block = this.heads[at * SUB_CLASSES + 31 - Math.clz32(this.subMaps[at]!)];
    for (; block !== undefined; block = block.nextFree) size = Math.max(size, block.size);
    return size;
  }

  /** The first block of a class, or that there is none. */
  private setHead(size: number, head: Block | undefined): void {
    const at = level(size);
    const sub = subClass(size, at);
    this.heads[at * SUB_CLASSES + sub] = head;
    if (head !== undefined) return;
    this.subMaps[at]! &= ~(1 << sub);
    if (this.subMaps[at] === 0) this.levelMap &= ~(1 << at);
  }
}
