import { ShapeError } from "@trivium/core";
import { type SlotRuns, type Tensor2D, type Tensor3D, tf, writeSlots } from "@trivium/tensor";
import { PAGE_SLOTS, PagePool } from "./page-pool.ts";

/** The slot of each position of each row of a batch. A value; whoever consumes rows owns the rows that it returns. */
export interface PageRows {
  /** Positions of each row, `[B]`. */
  readonly lengths: Int32Array;
  /** `[B][length]`. */
  readonly slots: readonly Int32Array[];
}

/** Rows that have room for new positions, and the slots where these go. */
export interface ExtendedRows {
  readonly rows: PageRows;
  /** The slots of the new positions, row by row. */
  readonly runs: SlotRuns;
}

/** Keys and values of one layer, a row for each position: `[R, G·D]`, heads side by side. */
export interface KeyValueSlots {
  readonly key: Tensor2D;
  readonly value: Tensor2D;
}

/**
 * Keys and values of all layers of a stack, in slots that rows of batches hold and share.
 *
 * Selecting, forking and joining rows moves no key, and neither does a row that goes on beside others with the same past:
 * one of them takes the next slot of their page, each other one a single slot elsewhere until its next page begins.
 *
 * ```
 * pages of 4     row 0: slots 0 1 2 3 | 4 5
 * select([0, 0]) row 0: slots 0 1 2 3 | 4 5      row 1: slots 0 1 2 3 | 4 5
 * extend by 3    row 0: slots 0 1 2 3 | 4 5 6 7 | 12      row 1: slots 0 1 2 3 | 4 5 8 9 | 16
 * ```
 * @param layers - N.
 */
export class KeyValuePages {
  readonly #layers: number;
  readonly #pool = new PagePool();
  #slots: KeyValueSlots[] = [];
  #bytesCopied = 0;
  #disposed = false;

  constructor(layers: number) {
    this.#layers = layers;
  }

  /** Slots of a page, pages that no row holds, and pages in all. */
  get pages(): { readonly size: number; readonly free: number; readonly total: number } {
    return { size: PAGE_SLOTS, free: this.#pool.free, total: this.#pool.total };
  }

  /** Bytes of keys and values that were moved since the storage was made: by its growth alone. */
  get bytesCopied(): number {
    return this.#bytesCopied;
  }

  /** True if slots that no row holds are zeros. */
  get isClean(): boolean {
    return !this.#pool.recycled;
  }

  /** The position in its row of every slot: an `Int32Array` of as many numbers as there are slots. */
  slotPositions(): Int32Array {
    return this.#pool.slotPositions();
  }

  /**
   * Rows without positions.
   *
   * @example new KeyValuePages(2).emptyRows(3).lengths // => Int32Array(3) [0, 0, 0]
   */
  emptyRows(count: number): PageRows {
    return { lengths: new Int32Array(count), slots: Array.from({ length: count }, () => new Int32Array(0)) };
  }

  /**
   * Gives `counts[row]` more positions to each row. Consumes `rows`.
   *
   * @param spare - free pages to have besides, for what comes next: the storage moves what it holds when it has none.
   */
  extend({ lengths, slots }: PageRows, counts: ArrayLike<number>, spare = 0): ExtendedRows {
    let wanted = spare;
    lengths.forEach((length, row) => {
      wanted += pagesOf(length + (counts[row] as number)) - pagesOf(length);
    });
    this.#pool.reserve(wanted);
    const runs: number[] = [];
    const extended = slots.map((row, at) => this.#extendRow(row, counts[at] as number, runs));
    this.#grow();
    return { rows: { lengths: lengths.map((length, row) => length + (counts[row] as number)), slots: extended }, runs };
  }

  #extendRow(slots: Int32Array, count: number, runs: number[]): Int32Array {
    if (count === 0) return slots;
    const longer = new Int32Array(slots.length + count);
    longer.set(slots);
    let last = slots.at(-1) ?? -1;
    for (let position = slots.length; position < longer.length; position++) {
      last = this.#pool.take(position, last);
      longer[position] = last;
      addSlot(runs, last);
    }
    return longer;
  }

  /** Fresh slots are zeros: whatever memory held would poison the products with weight 0. */
  #grow(): void {
    const held = this.#slots[0]?.key.shape[0] ?? 0;
    const missing = this.#pool.total * PAGE_SLOTS - held;
    if (held === 0 || missing === 0) return;
    const longer = (tensor: Tensor2D): Tensor2D => {
      const grown = tf.tidy(() => tf.concat([tensor, tf.zeros([missing, tensor.shape[1]])], 0));
      tensor.dispose();
      return tf.keep(grown) as Tensor2D;
    };
    this.#slots = this.#slots.map(({ key, value }) => ({ key: longer(key), value: longer(value) }));
    for (const { key } of this.#slots) this.#bytesCopied += 2 * 4 * held * key.shape[1];
  }

  /**
   * Writes the keys and values of new positions of one layer; they stay the caller's.
   *
   * @param fresh - `[R, G·D]`, row by row, as many as the runs hold.
   * @throws {ShapeError} `attention/page-layer` if there is no such layer, `tensor/slots` if widths differ from those of
   *   before or the runs hold another number of positions.
   */
  write(layer: number, fresh: KeyValueSlots, runs: SlotRuns): void {
    if (!(layer >= 0 && layer < this.#layers)) {
      throw new ShapeError("attention/page-layer", `the storage has ${this.#layers} layers, got layer ${layer}`);
    }
    const into = this.#slots[layer] ?? this.#emptySlots(fresh);
    const [key, value] = [writeSlots(into.key, fresh.key, runs), writeSlots(into.value, fresh.value, runs)];
    this.#slots[layer] = { key: tf.keep(key), value: tf.keep(value) };
  }

  #emptySlots({ key: { shape } }: KeyValueSlots): KeyValueSlots {
    const empty = (): Tensor2D => tf.keep(tf.zeros<tf.Rank.R2>([this.#pool.total * PAGE_SLOTS, shape[1]]));
    return { key: empty(), value: empty() };
  }

  /** All slots of one layer, `[1, S, G·D]`: views of the storage, for the scope that asks. */
  read(layer: number): { readonly key: Tensor3D; readonly value: Tensor3D } {
    const { key, value } = this.#slots[layer] as KeyValueSlots;
    const [slots, width] = key.shape;
    return { key: tf.reshape(key, [1, slots, width]), value: tf.reshape(value, [1, slots, width]) };
  }

  /**
   * The storage's own tensors of one layer, `[S, G·D]`, for a program that writes slots where they are. They are others
   * once the storage has grown.
   */
  slots(layer: number): KeyValueSlots {
    return this.#slots[layer] as KeyValueSlots;
  }

  /** The rows of these indices, in that order, a row as often as it is named. Leaves `rows` as they are. */
  share({ lengths, slots }: PageRows, rows: ArrayLike<number>): PageRows {
    const shared = Array.from(rows, (row) => slots[row] as Int32Array);
    for (const row of shared) this.#pool.hold(row);
    return { lengths: Int32Array.from(rows, (row) => lengths[row] as number), slots: shared };
  }

  /** Lets go of the slots of rows. */
  release({ slots }: PageRows): void {
    if (this.#disposed) return;
    for (const row of slots) this.#pool.release(row);
  }

  /** Frees all keys and values, whoever holds pages of them. May be called twice. */
  dispose(): void {
    this.#disposed = true;
    for (const { key, value } of this.#slots) tf.dispose([key, value]);
    this.#slots = [];
  }
}

/** Rows of one storage side by side. Consumes both. */
export function joinRows(first: PageRows, second: PageRows): PageRows {
  return {
    lengths: Int32Array.from([...first.lengths, ...second.lengths]),
    slots: [...first.slots, ...second.slots],
  };
}

const pagesOf = (positions: number): number => Math.ceil(positions / PAGE_SLOTS);

function addSlot(runs: number[], slot: number): void {
  const last = runs.length - 2;
  if (last >= 0 && (runs[last] as number) + (runs[last + 1] as number) === slot) {
    runs[last + 1] = (runs[last + 1] as number) + 1;
  } else runs.push(slot, 1);
}
