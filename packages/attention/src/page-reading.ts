import { and, type Mask, padding, positioned } from "@trivium/masks";
import { type AttentionPlan, type AttentionVisit, planWords } from "@trivium/tensor";
import type { KeyValuePages, PageRows } from "./key-value-pages.ts";
import { PAGE_SLOTS } from "./page-pool.ts";

/** New positions of some rows, side by side: R in all. */
export interface PageQueries {
  /** The row of each one, ascending, `[R]`. */
  readonly rows: Int32Array;
  /** The position of each one in its row, `[R]`. */
  readonly positions: Int32Array;
}

/** Rows of a storage, and the positions that read them under a mask. */
export interface PageReadingOptions {
  readonly storage: KeyValuePages;
  readonly rows: PageRows;
  readonly queries: PageQueries;
  /** Over positions of rows: which keys of its row a query sees. */
  readonly mask: Mask;
}

/** The keys of each row side by side, padded to the longest: for a kernel that takes no list of slots. */
export interface GatheredPages {
  /** Q: most queries of a row. */
  readonly queryLength: number;
  /** K. */
  readonly keyLength: number;
  /** The query that stands in each place, `[B · Q]`; null where that is the order in which they are. */
  readonly queryPlaces: Int32Array | null;
  /** The place of each query, `[R]`. */
  readonly places: Int32Array;
  /** The slot of each key, `[B · K]`; null where that is all of the storage as it is. */
  readonly slots: Int32Array | null;
  /** Over places of queries and keys. */
  readonly mask: Mask;
  /** The position of each place, `[B][Q]`; −1 where no query stands. */
  readonly queryPositions: readonly (readonly number[])[];
}

/**
 * What one step of decoding reads under one mask: made once, for all layers with that mask. Plan and gathered form are
 * made when a kernel first asks for them.
 */
export class PageReading {
  readonly options: PageReadingOptions;
  #plan: AttentionPlan | undefined;
  #gathered: GatheredPages | undefined;
  #slotPositions: Int32Array | undefined;

  constructor(options: PageReadingOptions) {
    this.options = options;
  }

  /** Each query by itself, over the pages of its row: a row's sums do not depend on what else is read. */
  get plan(): AttentionPlan {
    this.#plan ??= planPages(this.options);
    return this.#plan;
  }

  get gathered(): GatheredPages {
    this.#gathered ??= gatherPages(this.options);
    return this.#gathered;
  }

  /** The position in its row of every slot of the storage. */
  get slotPositions(): Int32Array {
    this.#slotPositions ??= this.options.storage.slotPositions();
    return this.#slotPositions;
  }
}

function planPages({ rows, queries, mask }: PageReadingOptions): AttentionPlan {
  const heads = mask.heads ?? 1;
  const blocks: AttentionVisit[][] = [];
  for (let head = 0; head < heads; head++) {
    queries.rows.forEach((row, at) => {
      const query = { row, head, position: queries.positions[at] as number };
      blocks.push(visitsOf(mask, query, rows.slots[row] as Int32Array));
    });
  }
  const listsKeys = blocks.some((block) => block.some(({ keys }) => keys !== undefined));
  return { words: planWords(blocks), blockQueries: 1, rows: 1, heads, listsKeys };
}

interface PlacedQuery {
  readonly row: number;
  readonly head: number;
  readonly position: number;
}

/** Visits end at the same positions of every row, wherever these stand in memory. */
function visitsOf(mask: Mask, { row, head, position }: PlacedQuery, slots: Int32Array): AttentionVisit[] {
  const { length } = slots;
  const query = { start: position, end: position + 1 };
  const visits: AttentionVisit[] = [];
  if (length === 0) return visits;
  const whole = mask.classify(row, head, query, { start: 0, end: length });
  if (whole === "none") return visits;
  for (let start = 0; start < length; start += PAGE_SLOTS) {
    const end = Math.min(length, start + PAGE_SLOTS);
    const verdict = whole === "all" ? whole : mask.classify(row, head, query, { start, end });
    if (verdict === "all") visits.push(visitOfAll(slots, start, end));
    if (verdict !== "some") continue;
    const seen: number[] = [];
    for (let key = start; key < end; key++) if (mask.visible(row, head, position, key)) seen.push(key);
    const visit = visitOfSome(slots, seen);
    if (visit) visits.push(visit);
  }
  return visits;
}

/** A visit of all keys from one position to another: a run, or a list where they do not stand side by side. */
function visitOfAll(slots: Int32Array, start: number, end: number): AttentionVisit {
  const first = slots[start] as number;
  for (let position = start + 1; position < end; position++) {
    if (slots[position] === first + position - start) continue;
    return { start: first, count: end - start, keys: slots.subarray(start, end) };
  }
  return { start: first, count: end - start };
}

/** A visit of the keys from the first to the last one that is seen; with bits if there are gaps. */
function visitOfSome(slots: Int32Array, seen: readonly number[]): AttentionVisit | undefined {
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const visit = visitOfAll(slots, first, last + 1);
  if (seen.length === visit.count) return visit;
  const bits = new Int32Array(2);
  for (const key of seen) bits[(key - first) >> 5] = (bits[(key - first) >> 5] as number) | (1 << (key - first));
  return { ...visit, bits };
}

function gatherPages({ storage, rows, queries, mask }: PageReadingOptions): GatheredPages {
  const { lengths } = rows;
  const counts = new Int32Array(lengths.length);
  for (const row of queries.rows) counts[row] = (counts[row] as number) + 1;
  const queryLength = Math.max(...counts);
  const inPlace = isInPlace(storage, rows);
  const keyLength = inPlace ? storage.pages.total * PAGE_SLOTS : Math.max(1, ...lengths);
  const queryPositions = Array.from(counts, () => Array.from({ length: queryLength }, () => -1));
  const queryPlaces = new Int32Array(lengths.length * queryLength);
  const next = new Int32Array(lengths.length);
  const places = queries.rows.map((row, at) => {
    const slot = next[row] as number;
    next[row] = slot + 1;
    (queryPositions[row] as number[])[slot] = queries.positions[at] as number;
    queryPlaces[row * queryLength + slot] = at;
    return row * queryLength + slot;
  });
  const keys = Array.from({ length: keyLength }, (_, position) => position);
  return {
    queryLength,
    keyLength,
    queryPlaces: counts.every((count) => count === queryLength) ? null : queryPlaces,
    places,
    slots: inPlace ? null : Int32Array.from(rows.slots.flatMap((row) => padded(row, keyLength))),
    mask: and(positioned(mask, { queries: queryPositions, keys }), padding({ lengths: Array.from(lengths) })),
    queryPositions,
  };
}

/** Padding repeats a slot of its own row, so that no other row's values stand there. */
function padded(slots: Int32Array, length: number): number[] {
  return Array.from({ length }, (_, position) => slots[Math.min(position, slots.length - 1)] ?? 0);
}

/** Whether a single row's positions are the first slots of the storage, and all others are zeros. */
const isInPlace = (storage: KeyValuePages, { slots }: PageRows): boolean =>
  storage.isClean && slots.length === 1 && (slots[0] as Int32Array).every((slot, position) => slot === position);
