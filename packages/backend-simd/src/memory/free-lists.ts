import type { Block } from "./allocator.ts";

const SUB_BITS = 5;
const SUB_CLASSES = 1 << SUB_BITS;
// Sizes below 2^27 granules (8 GiB) are more than the address space of 32 bits holds.
const LEVELS = 27 - SUB_BITS + 1;

/** Free blocks by size class: powers of two, each cut in 32; sizes below 32 have a class of their own. */
export interface FreeLists {
  insert(block: Block): void;
  remove(block: Block): void;
  /** A block of at least `size` granules, where `size` is a class's smallest size; the newest of its class. */
  find(size: number): Block | undefined;
  /** The smallest size at or above `size` that starts a class. */
  roundUp(size: number): number;
  /** Granules of the largest free block. */
  largest(): number;
}

const level = (size: number): number => (size < SUB_CLASSES ? 0 : 31 - Math.clz32(size) - SUB_BITS + 1);
const subClass = (size: number, at: number): number => (at === 0 ? size : (size >>> (at - 1)) & (SUB_CLASSES - 1));
const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);
// Bits above `at`, none when `at` is 31: shifting by 32 would be shifting by 0.
const bitsFrom = (at: number): number => (at > 31 ? 0 : -1 << at);

/**
 * Segregated free lists with two levels of bitmaps, so that the smallest class that fits is found in a few
 * instructions.
 *
 * @source Masmano et al. 2004, TLSF: a new dynamic memory allocator for real-time systems
 */
export function createFreeLists(): FreeLists {
  const heads: (Block | undefined)[] = new Array(LEVELS * SUB_CLASSES).fill(undefined);
  const subMaps = new Int32Array(LEVELS);
  let levelMap = 0;

  return {
    insert(block) {
      const at = level(block.size);
      const sub = subClass(block.size, at);
      const head = heads[at * SUB_CLASSES + sub];
      block.free = true;
      block.previousFree = undefined;
      block.nextFree = head;
      if (head !== undefined) head.previousFree = block;
      heads[at * SUB_CLASSES + sub] = block;
      subMaps[at]! |= 1 << sub;
      levelMap |= 1 << at;
    },
    remove(block) {
      const { previousFree, nextFree } = block;
      if (nextFree !== undefined) nextFree.previousFree = previousFree;
      if (previousFree !== undefined) {
        previousFree.nextFree = nextFree;
      } else {
        const at = level(block.size);
        const sub = subClass(block.size, at);
        heads[at * SUB_CLASSES + sub] = nextFree;
        if (nextFree === undefined) {
          subMaps[at]! &= ~(1 << sub);
          if (subMaps[at] === 0) levelMap &= ~(1 << at);
        }
      }
      block.free = false;
      block.previousFree = undefined;
      block.nextFree = undefined;
    },
    find(size) {
      let at = level(size);
      let subs = subMaps[at]! & bitsFrom(subClass(size, at));
      if (subs === 0) {
        const levels = levelMap & bitsFrom(at + 1);
        if (levels === 0) return undefined;
        at = lowestBit(levels);
        subs = subMaps[at]!;
      }
      return heads[at * SUB_CLASSES + lowestBit(subs)];
    },
    roundUp(size) {
      const at = level(size);
      if (at === 0) return size;
      const step = 1 << (at - 1);
      return (size + step - 1) & -step;
    },
    largest() {
      if (levelMap === 0) return 0;
      const at = 31 - Math.clz32(levelMap);
      let size = 0;
      let block = heads[at * SUB_CLASSES + 31 - Math.clz32(subMaps[at]!)];
      for (; block !== undefined; block = block.nextFree) size = Math.max(size, block.size);
      return size;
    },
  };
}
