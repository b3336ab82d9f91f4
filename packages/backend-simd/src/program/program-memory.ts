import { GRANULE } from "../memory/allocator.ts";
import type { Block } from "../memory/block.ts";
import type { Heap } from "../memory/heap.ts";

const purpose = () => "the memory of a program over tokens";

/** The memory of one program: what stays, and what each part of the program uses again. */
export class ProgramMemory {
  readonly #heap: Heap;
  readonly #stays: Block[] = [];
  /** Blocks of parts in turn: a part reads what the one before it left. */
  readonly #turns: [Block[], Block[]] = [[], []];
  #part = 0;
  #next = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** The address of memory that is kept to the end. */
  keep(bytes: number): number {
    const block = this.#heap.allocate(bytes, purpose);
    this.#stays.push(block);
    return block.start * GRANULE;
  }

  /** The address of memory that holds until the part after the next one begins. */
  take(bytes: number): number {
    const blocks = this.#turns[this.#part % 2] as Block[];
    const index = this.#next++;
    const block = blocks[index];
    if (block && block.size * GRANULE >= bytes) return block.start * GRANULE;
    // Steps of earlier parts still use a block that is too small.
    if (block) this.#stays.push(block);
    const larger = this.#heap.allocate(bytes, purpose);
    blocks[index] = larger;
    return larger.start * GRANULE;
  }

  nextPart(): void {
    this.#part += 1;
    this.#next = 0;
  }

  release(): void {
    for (const block of [...this.#stays, ...this.#turns.flat()].splice(0)) this.#heap.release(block);
    this.#stays.length = 0;
    for (const blocks of this.#turns) blocks.length = 0;
  }
}
