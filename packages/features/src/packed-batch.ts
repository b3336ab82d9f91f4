import { ConfigError, ShapeError } from "@trivium/core";
import type { Batch, BatchOptions } from "./batch.ts";
import type { Features } from "./features.ts";
import { assertNotEmpty, lengthOf, packedRows } from "./packed-rows.ts";

/** The length of packed rows, and how they are filled up. */
export interface PackedBatchOptions extends Pick<BatchOptions, "pad" | "multipleOf"> {
  /** Largest number of tokens of each stream in a row that several examples share. */
  readonly length: number;
  /** What becomes of an example that is longer than `length`: a row of its own (`"alone"`, the default), or an error. */
  readonly tooLong?: "alone" | "refuse" | undefined;
}

/**
 * Several examples in each row, so that almost nothing is padding: few rows, filled evenly. Each
 * example is a document of its row: positions, prefixes and masks count from its start, and it sees no other one.
 *
 * The longest examples are placed first, each in the emptiest row, so rows end up nearly equally long. An example that
 * is longer than `length` in any stream has a row of its own, before the shared rows; every shared row keeps `length`.
 *
 * @param rows - at least one; all with the same streams, none of which is empty.
 * @throws {ConfigError} `batch/packing` if the length is not a positive integer.
 * @throws {ShapeError} `batch/empty-document`; `batch/too-long` under `tooLong: "refuse"`; what `toBatch` throws.
 * @source longest first: Graham 1969, https://doi.org/10.1137/0117039; packing of documents: Krell et al. 2021,
 *   https://arxiv.org/abs/2107.02027
 * @example toPackedBatch([a, b, c], { pad: 0, length: 128 }).streams.tokens.documents // => [[9, 5, 4]]
 */
export function toPackedBatch(rows: readonly Features[], options: PackedBatchOptions): Batch {
  const { length, tooLong, ...padded } = options;
  if (!Number.isSafeInteger(length) || length < 1)
    throw new ConfigError("batch/packing", `the length of packed rows is a positive integer, got ${length}`);
  rows.forEach(assertNotEmpty);
  if (tooLong === "refuse") assertFitting(rows, length);
  return packedRows(fillRows(rows, length), padded);
}

const longestOf = ({ streams }: Features): number => Math.max(...Object.values(streams).map(({ length }) => length));

function assertFitting(rows: readonly Features[], length: number): void {
  const index = rows.findIndex((features) => longestOf(features) > length);
  if (index < 0) return;
  const tokens = longestOf(rows[index] as Features);
  const remedy = `pack to ${tokens} or more, shorten it, or let it stand alone (tooLong: "alone")`;
  const message = `example ${index} has ${tokens} tokens, rows are packed to ${length}; ${remedy}`;
  throw new ShapeError("batch/too-long", message, { details: { index, tokens, length } });
}

function fillRows(examples: readonly Features[], length: number): Features[][] {
  const alone = examples.filter((features) => longestOf(features) > length).map((features) => [features]);
  const shared = examples.filter((features) => longestOf(features) <= length);
  if (shared.length === 0) return alone;
  const names = Object.keys((shared[0] as Features).streams);
  const sizes = shared.map((features) => names.map((name) => lengthOf(features, name)));
  const total = (stream: number) => sizes.reduce((sum, size) => sum + (size[stream] as number), 0);
  const fewest = Math.max(1, ...names.map((_, stream) => Math.ceil(total(stream) / length)));
  for (let count = fewest; ; count++) {
    const rows = placeLongestFirst(sizes, count, length);
    if (rows) return [...alone, ...rows.map((row) => row.map((index) => shared[index] as Features))];
  }
}

/** One row for each example always does; whether so few do is found by trying. */
function placeLongestFirst(sizes: readonly number[][], count: number, capacity: number): number[][] | undefined {
  const order = [...sizes.keys()].sort((a, b) => Math.max(...sizes[b]!) - Math.max(...sizes[a]!));
  const rows = Array.from({ length: count }, () => ({ members: [] as number[], used: sizes[0]!.map(() => 0) }));
  for (const index of order) {
    const size = sizes[index] as number[];
    let [emptiest, least] = [rows[0]!, Number.POSITIVE_INFINITY];
    for (const row of rows) {
      let longest = 0;
      for (let stream = 0; stream < size.length; stream++)
        longest = Math.max(longest, (row.used[stream] as number) + (size[stream] as number));
      if (longest < least) [emptiest, least] = [row, longest];
    }
    if (least > capacity) return undefined;
    emptiest.members.push(index);
    emptiest.used = emptiest.used.map((length, stream) => length + (size[stream] as number));
  }
  return rows.map(({ members }) => members).filter((members) => members.length > 0);
}
