/** Slots of a page, which are taken together for the positions of one row where they can be. */
export const PAGE_SLOTS = 32;

/** The least growth of a pool that has run out of pages, as a share of its pages. */
const GROWTH = 0.5;

/** The slots of a storage, in pages: how many rows hold each slot, and the position that stands in it. */
export class PagePool {
  #holders = new Int32Array(0);
  #positions = new Int32Array(0);
  /** The number of slots of each page that some row holds. */
  #held = new Int32Array(0);
  /** Pages of which no slot is held; the last one is taken first. */
  readonly #free: number[] = [];
  /** Pages of single slots: of rows whose next slot another row has taken. */
  readonly #shared: Set<number> = new Set();
  #recycled = false;

  /** Pages in all. */
  get total(): number {
    return this.#held.length;
  }

  /** Pages of which no slot is held. */
  get free(): number {
    return this.#free.length;
  }

  /** True if a slot was ever released: it may then hold numbers of another row. */
  get recycled(): boolean {
    return this.#recycled;
  }

  /**
   * Takes a slot for a position of a row, held once: the one after the row's last slot if that is free and of the same
   * page, a page of its own where visits of attention begin, else a single slot of a page that rows share.
   *
   * @param last - the slot of the position before; −1 if there is none.
   */
  take(position: number, last: number): number {
    const slot = this.#slotAfter(position, last);
    const page = Math.floor(slot / PAGE_SLOTS);
    this.#holders[slot] = 1;
    this.#positions[slot] = position;
    this.#held[page] = (this.#held[page] as number) + 1;
    return slot;
  }

  #slotAfter(position: number, last: number): number {
    if (position % PAGE_SLOTS === 0) return this.#takePage() * PAGE_SLOTS;
    const next = last + 1;
    if (next % PAGE_SLOTS !== 0 && this.#holders[next] === 0) return next;
    for (const page of this.#shared) {
      if (this.#held[page] === PAGE_SLOTS) continue;
      return this.#holders.indexOf(0, page * PAGE_SLOTS);
    }
    const page = this.#takePage();
    this.#shared.add(page);
    return page * PAGE_SLOTS;
  }

  /** A free page. The pool grows if there is none. */
  #takePage(): number {
    if (this.#free.length === 0) this.reserve(1);
    return this.#free.pop() as number;
  }

  /** Makes sure that so many pages are free. */
  reserve(pages: number): void {
    const missing = pages - this.#free.length;
    if (missing <= 0) return;
    const { total } = this;
    const grown = total + Math.max(missing, Math.ceil(total * GROWTH));
    for (let page = grown - 1; page >= total; page--) this.#free.push(page);
    this.#held = extended(this.#held, grown);
    this.#holders = extended(this.#holders, grown * PAGE_SLOTS);
    this.#positions = extended(this.#positions, grown * PAGE_SLOTS);
  }

  /** One more row holds these slots. */
  hold(slots: Int32Array): void {
    for (const slot of slots) this.#holders[slot] = (this.#holders[slot] as number) + 1;
  }

  /** One row less holds these slots. */
  release(slots: Int32Array): void {
    for (const slot of slots) {
      const left = (this.#holders[slot] as number) - 1;
      this.#holders[slot] = left;
      if (left === 0) this.#freeSlot(Math.floor(slot / PAGE_SLOTS));
    }
  }

  #freeSlot(page: number): void {
    this.#recycled = true;
    const left = (this.#held[page] as number) - 1;
    this.#held[page] = left;
    if (left > 0) return;
    this.#shared.delete(page);
    this.#free.push(page);
  }

  /** The position in its row of every slot, `[total · PAGE_SLOTS]`. */
  slotPositions(): Int32Array {
    return this.#positions.slice();
  }
}

function extended(values: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(values);
  return longer;
}
