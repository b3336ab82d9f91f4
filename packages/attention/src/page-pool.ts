/** Slots of a page: the positions of a row that stand side by side in memory. */
export const PAGE_SLOTS = 32;

/** The least growth of a pool that has run out of pages, as a share of its pages. */
const GROWTH = 0.5;

/** The pages of a storage: how many rows hold each one, and how far each one is written. */
export class PagePool {
  #holders = new Int32Array(0);
  #written = new Int32Array(0);
  #ordinals = new Int32Array(0);
  /** Pages that no row holds; the last one is taken first. */
  readonly #free: number[] = [];
  #recycled = false;

  get total(): number {
    return this.#holders.length;
  }

  get free(): number {
    return this.#free.length;
  }

  /** True if a page was ever released: free slots may then hold numbers of another row. */
  get recycled(): boolean {
    return this.#recycled;
  }

  /** Takes a free page, held once. The pool grows if there is none. @param ordinal - its place in its row. */
  take(ordinal: number): number {
    if (this.#free.length === 0) this.reserve(1);
    const page = this.#free.pop() as number;
    this.#holders[page] = 1;
    this.#written[page] = 0;
    this.#ordinals[page] = ordinal;
    return page;
  }

  /** Makes sure that so many pages are free. */
  reserve(pages: number): void {
    const missing = pages - this.#free.length;
    if (missing <= 0) return;
    const { total } = this;
    const grown = total + Math.max(missing, Math.ceil(total * GROWTH));
    for (let page = grown - 1; page >= total; page--) this.#free.push(page);
    this.#holders = extended(this.#holders, grown);
    this.#written = extended(this.#written, grown);
    this.#ordinals = extended(this.#ordinals, grown);
  }

  hold(page: number): void {
    this.#holders[page] = (this.#holders[page] as number) + 1;
  }

  release(page: number): void {
    const left = (this.#holders[page] as number) - 1;
    this.#holders[page] = left;
    if (left > 0) return;
    this.#free.push(page);
    this.#recycled = true;
  }

  /** Tells whether a row that has `used` slots of a page may write the next slot. Another holder may have written it before. */
  isWritable(page: number, used: number): boolean {
    return this.#holders[page] === 1 || this.#written[page] === used;
  }

  markWritten(page: number, slots: number): void {
    this.#written[page] = slots;
  }

  /** The position in its row of every slot, `[total · PAGE_SLOTS]`. */
  slotPositions(): Int32Array {
    const ordinals = this.#ordinals;
    return Int32Array.from(
      { length: this.total * PAGE_SLOTS },
      (_, slot) => (ordinals[Math.floor(slot / PAGE_SLOTS)] as number) * PAGE_SLOTS + (slot % PAGE_SLOTS),
    );
  }
}

function extended(values: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(values);
  return longer;
}
