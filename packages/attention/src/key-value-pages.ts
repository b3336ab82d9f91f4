import { ShapeError } from "@trivium/core";
import { type SlotRuns, type Tensor2D, type Tensor3D, tf, writeSlots } from "@trivium/tensor";
import { PAGE_SLOTS, PagePool } from "./page-pool.ts";

/**
 * The pages of each row of a batch: page `i` holds the positions from `i · pageSlots` on. A value; whoever consumes
 * rows owns the rows that it returns.
 */
export interface PageRows {
  /** Positions of each row, `[B]`. */
  readonly lengths: Int32Array;
  /** Pages of each row, `[B][⌈length / pageSlots⌉]`. */
  readonly tables: readonly Int32Array[];
}

/** Rows that have room for new positions, and the slots where these go. */
export interface ExtendedRows {
  readonly rows: PageRows;
  /** The slots of the new positions, row by row. */
  readonly runs: SlotRuns;
}

/** Runs of slots to copy, and how many slots they hold. */
interface Copies {
  readonly from: number[];
  readonly to: number[];
  slots: number;
}

/** Keys and values of one layer, a row for each position: `[R, G·D]`, heads side by side. */
export interface KeyValueSlots {
  readonly key: Tensor2D;
  readonly value: Tensor2D;
}

/**
 * Keys and values of all layers of a stack, in pages that rows of batches hold and share.
 *
 * Selecting, forking and joining rows moves no key. A page that two rows hold is copied when both want to write the
 * same slot of it; the first of them writes it where it is.
 *
 * ```
 * rows  0: pages 0 1 2        select([0, 0])   0: pages 0 1 2      extend   0: pages 0 1 2 (written in place)
 *       1: pages 3 4                           1: pages 0 1 2               1: pages 0 1 5 (2 copied to 5)
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

  /** Bytes of keys and values that were moved since the storage was made: by growth and by copies of shared pages. */
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
    return { lengths: new Int32Array(count), tables: Array.from({ length: count }, () => new Int32Array(0)) };
  }

  /**
   * Gives `counts[row]` more positions to each row. Consumes `rows`.
   *
   * @param spare - free pages to have besides, for what comes next: the storage moves what it holds when it has none.
   */
  extend({ lengths, tables }: PageRows, counts: ArrayLike<number>, spare = 0): ExtendedRows {
    let wanted = spare;
    lengths.forEach((length, row) => {
      wanted += pagesOf(length + (counts[row] as number)) - pagesOf(length);
    });
    this.#pool.reserve(wanted);
    const runs: number[] = [];
    const copies: Copies = { from: [], to: [], slots: 0 };
    const extended = tables.map((table, row) => {
      const [length, count] = [lengths[row] as number, counts[row] as number];
      if (count === 0) return table;
      return this.#extendRow(table, { start: length, end: length + count }, { runs, copies });
    });
    this.#grow();
    if (copies.slots > 0) this.#copy(copies);
    return {
      rows: { lengths: lengths.map((length, row) => length + (counts[row] as number)), tables: extended },
      runs,
    };
  }

  #extendRow(
    table: Int32Array,
    { start, end }: { readonly start: number; readonly end: number },
    { runs, copies }: { readonly runs: number[]; readonly copies: Copies },
  ): Int32Array {
    const longer = pagesOf(end) === table.length ? table : new Int32Array(pagesOf(end));
    if (longer !== table) longer.set(table);
    const used = start % PAGE_SLOTS;
    const last = table.length - 1;
    let own = longer;
    if (used > 0 && !this.#pool.isWritable(table[last] as number, used)) {
      const page = this.#pool.take(last);
      copies.from.push((table[last] as number) * PAGE_SLOTS, used);
      copies.to.push(page * PAGE_SLOTS, used);
      copies.slots += used;
      this.#pool.release(table[last] as number);
      // Selected rows share their tables.
      if (own === table) own = table.slice();
      own[last] = page;
    }
    for (let position = start; position < end; ) {
      const ordinal = Math.floor(position / PAGE_SLOTS);
      const offset = position % PAGE_SLOTS;
      if (offset === 0) own[ordinal] = this.#pool.take(ordinal);
      const page = own[ordinal] as number;
      const count = Math.min(end - position, PAGE_SLOTS - offset);
      this.#pool.markWritten(page, offset + count);
      addRun(runs, page * PAGE_SLOTS + offset, count);
      position += count;
    }
    return own;
  }

  /** Fresh slots are zeros: whatever memory held would poison the products with weight 0. */
  #grow(): void {
    const [slots] = this.#slots;
    const held = slots?.key.shape[0] ?? 0;
    const missing = this.#pool.total * PAGE_SLOTS - held;
    if (!slots || missing === 0) return;
    this.#replace(held, (tensor) => {
      const longer = tf.tidy(() => tf.concat([tensor, tf.zeros([missing, tensor.shape[1]])], 0));
      tensor.dispose();
      return longer as Tensor2D;
    });
  }

  #copy({ from, to, slots }: Copies): void {
    const indices = indicesOf(from, slots);
    this.#replace(slots, (tensor) => {
      const rows = tf.tidy(() => tf.gather(tensor, tf.tensor1d(indices, "int32")));
      const written = writeSlots(tensor, rows, to);
      rows.dispose();
      return written;
    });
  }

  /** Exchanges every tensor for one that the change makes of it, moving so many of its slots. */
  #replace(slots: number, change: (tensor: Tensor2D) => Tensor2D): void {
    this.#slots = this.#slots.map(({ key, value }) => ({ key: tf.keep(change(key)), value: tf.keep(change(value)) }));
    for (const { key } of this.#slots) this.#bytesCopied += 2 * 4 * slots * key.shape[1];
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
  share({ lengths, tables }: PageRows, rows: ArrayLike<number>): PageRows {
    const shared = Array.from(rows, (row) => tables[row] as Int32Array);
    for (const table of shared) for (const page of table) this.#pool.hold(page);
    return { lengths: Int32Array.from(rows, (row) => lengths[row] as number), tables: shared };
  }

  /** Lets go of the pages of rows. */
  release({ tables }: PageRows): void {
    if (this.#disposed) return;
    for (const table of tables) for (const page of table) this.#pool.release(page);
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
    tables: [...first.tables, ...second.tables],
  };
}

/** The slot of every position of a row. */
export function slotOf(table: Int32Array, position: number): number {
  return (table[Math.floor(position / PAGE_SLOTS)] as number) * PAGE_SLOTS + (position % PAGE_SLOTS);
}

const pagesOf = (positions: number): number => Math.ceil(positions / PAGE_SLOTS);

function addRun(runs: number[], start: number, count: number): void {
  const last = runs.length - 2;
  if (last >= 0 && (runs[last] as number) + (runs[last + 1] as number) === start) {
    runs[last + 1] = (runs[last + 1] as number) + count;
  } else runs.push(start, count);
}

function indicesOf(runs: readonly number[], slots: number): Int32Array {
  const indices = new Int32Array(slots);
  let next = 0;
  for (let at = 0; at < runs.length; at += 2) {
    for (let slot = 0; slot < (runs[at + 1] as number); slot++) indices[next++] = (runs[at] as number) + slot;
  }
  return indices;
}
