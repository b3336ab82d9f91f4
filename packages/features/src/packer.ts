import { ConfigError, ShapeError } from "@trivium/core";
import type { Features } from "./features.ts";
import { assertNotEmpty, lengthOf } from "./packed-rows.ts";

/** The size of the rows of a packer, and the number of rows that it holds. */
export interface PackerOptions<Row extends Features = Features> {
  /** Largest number of tokens of each stream in a row, for all streams or for each by its name. No row exceeds it. */
  readonly length: number | Readonly<Record<string, number>>;
  /** Number of rows that wait for further examples. 1 fills row by row, in the order of the examples. Default 16. */
  readonly open?: number | undefined;
  /** Rows that are open already, the oldest first, such as those of another packer. Default: none. */
  readonly rows?: readonly (readonly Row[])[] | undefined;
}

/** Fills rows with the examples of a stream. */
export interface Packer<Row extends Features = Features> {
  /** The open rows, the oldest first. */
  readonly rows: readonly (readonly Row[])[];
  /**
   * Takes an example.
   *
   * @returns the row that gives way to a new one, if the example fits into no open row; its examples are in their order.
   * @throws {ShapeError} `batch/too-long` if the example fits into no row, `batch/empty-document` if a stream is empty.
   */
  add(example: Row): readonly Row[] | undefined;
  /** Returns the open rows, the oldest first, and forgets them. */
  flush(): readonly (readonly Row[])[];
}

interface OpenRow<Row extends Features> {
  readonly members: Row[];
  readonly room: Record<string, number>;
}

/**
 * Packs a stream of examples into rows of a fixed size, by best fit: an example goes into the open row in which it leaves
 * the least room. Where it fits into none and no further row may be open, the fullest row is given out.
 *
 * The limit is exact in every stream: source and target of an example go into the same row, and both fit. The rows depend
 * on the order of the examples alone.
 *
 * @throws {ConfigError} `batch/packing` if a length or the number of open rows is no positive integer.
 * @source best fit with a bounded number of open bins: Csirik and Johnson 2001, https://doi.org/10.1007/s00453-001-0041-7
 * @example
 * const packer = createPacker({ length: 14, open: 4 });
 * for (const features of [a, b, c]) packer.add(features);
 * packer.flush().length // => 2
 */
export function createPacker<Row extends Features = Features>({
  length,
  open = 16,
  rows: first = [],
}: PackerOptions<Row>): Packer<Row> {
  for (const value of [open, ...(typeof length === "number" ? [length] : Object.values(length))])
    if (!Number.isSafeInteger(value) || value < 1)
      throw new ConfigError("batch/packing", `lengths and open rows of a packer are positive integers, got ${value}`);
  let rows = first.map((members) => members.reduce(withMember<Row>, emptyRow(members[0] as Row, length)));
  let count = 0;
  return {
    get rows() {
      return rows.map(({ members }) => members);
    },
    add(example) {
      const names = Object.keys(example.streams);
      assertNotEmpty(example, count);
      const fresh = emptyRow(example, length);
      assertFitting(example, fresh.room, count++);
      const fullest = leastOf(rows, ({ room }) => total(room));
      const fitting = rows.filter(({ room }) => names.every((name) => lengthOf(example, name) <= (room[name] ?? 0)));
      const best = leastOf(fitting, ({ room }) => total(room));
      withMember(best ?? fresh, example);
      if (best) return undefined;
      const given = rows.length < open ? undefined : fullest;
      rows = [...rows.filter((row) => row !== given), fresh];
      return given?.members;
    },
    flush() {
      const rest = rows.map(({ members }) => members);
      rows = [];
      return rest;
    },
  };
}

const limitOf = (length: PackerOptions["length"], name: string): number =>
  typeof length === "number" ? length : (length[name] ?? 0);

const emptyRow = <Row extends Features>({ streams }: Row, length: PackerOptions["length"]): OpenRow<Row> => ({
  members: [],
  room: Object.fromEntries(Object.keys(streams).map((name) => [name, limitOf(length, name)])),
});

/** The row, which has one example more. */
function withMember<Row extends Features>(row: OpenRow<Row>, example: Row): OpenRow<Row> {
  row.members.push(example);
  for (const name of Object.keys(row.room)) row.room[name] = (row.room[name] as number) - lengthOf(example, name);
  return row;
}

const total = (room: Readonly<Record<string, number>>): number =>
  Object.values(room).reduce((sum, tokens) => sum + tokens, 0);

/** The first item whose value is the least. */
function leastOf<T>(items: readonly T[], value: (item: T) => number): T | undefined {
  let [least, best]: [T | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const item of items) if (value(item) < best) [least, best] = [item, value(item)];
  return least;
}

function assertFitting(example: Features, limits: Readonly<Record<string, number>>, index: number): void {
  const name = Object.keys(limits).find((stream) => lengthOf(example, stream) > (limits[stream] as number));
  if (name === undefined) return;
  const [tokens, length] = [lengthOf(example, name), limits[name] as number];
  const message = `example ${index} has ${tokens} tokens in stream "${name}", rows are packed to ${length}; pack to ${tokens} or more, or shorten it`;
  throw new ShapeError("batch/too-long", message, { details: { index, tokens, length } });
}
