import { ConfigError, type Json } from "@trivium/core";
import { type Batch, type BatchSource, createPacker, type Features, packedRows, shardOf } from "@trivium/features";
import type { BatchSourceOptions } from "./batching.ts";
import type { ExampleFeed, ExampleSource } from "./example-feed.ts";

export interface PackedSourceOptions
  extends Pick<BatchSourceOptions, "special" | "tokenizer" | "window" | "multipleOf" | "objective" | "batchSize">,
    Pick<BatchSourceOptions, "microBatchSize"> {
  readonly source: ExampleSource;
  /** Largest number of tokens of each stream in a row. No row exceeds it. */
  readonly packing: number;
  /** Rows that wait for further examples. */
  readonly openRows: number;
}

/** What recalls the examples of some rows. */
type RecalledRows = readonly (readonly Json[])[];

/** What a checkpoint keeps of packed examples. */
interface PackedCursor extends Readonly<Record<string, Json>> {
  readonly feed: Json;
  readonly open: RecalledRows;
}

/** An example as a row holds it. */
interface Packed extends Features {
  readonly recalled: Json;
}

type Row = readonly Packed[];

/**
 * Batches of rows that are packed over steps, by best fit with a bounded number of open rows. A step trains on full rows,
 * as many as first hold `batchSize` examples; examples in rows that are not full wait for a later step. So its examples
 * depend on their lengths, and on the streams of the objective.
 *
 * @throws {ConfigError} `data/batch-size`, `data/micro-batch-size`; what `createPacker` throws.
 * @throws {ShapeError} from a step: `batch/too-long` for an example that fits into no row.
 * @source best fit with a bounded number of open bins: Csirik and Johnson 2001, https://doi.org/10.1007/s00453-001-0041-7
 */
export function createPackedSource(options: PackedSourceOptions): BatchSource<Batch> {
  const { special, multipleOf, batchSize, microBatchSize = batchSize } = options;
  for (const [code, size] of [
    ["batch-size", batchSize],
    ["micro-batch-size", microBatchSize],
  ] as const)
    if (!Number.isSafeInteger(size) || size < 1)
      throw new ConfigError(
        `data/${code}`,
        `a step and a micro-batch have a whole number of examples from 1, got ${size}`,
      );
  // A step may have a few examples more than a batch: they are computed with the others.
  const atOnce = microBatchSize < batchSize ? microBatchSize : Number.POSITIVE_INFINITY;
  // Refuses a length or a number of rows that makes no sense before anything is read.
  createPacker({ length: options.packing, open: options.openRows });
  let open: { readonly packing: Packing; readonly at: Json } | undefined;
  const openAt = (cursor: Json): Packing => {
    if (open && isSame(open.at, cursor)) return open.packing;
    open?.packing.close();
    return createPacking(options, cursor as PackedCursor | null);
  };
  return {
    async step({ cursor, shards, of }) {
      const packing = openAt(cursor);
      // Until all are there, no cursor leads to where the packing stands.
      open = undefined;
      const rows = await packing.next(batchSize);
      const next = packing.cursor();
      open = { packing, at: next };
      const batches = shards.map((shard) =>
        microBatches(shardOf(rows, shard, of), atOnce).map((some) =>
          packedRows(some, { pad: special.pad, multipleOf }),
        ),
      );
      return { batches, cursor: next };
    },
  };
}

const isSame = (one: Json, other: Json): boolean => one === other || JSON.stringify(one) === JSON.stringify(other);

interface Packing {
  /** Returns full rows with so many examples, or more in the last row. */
  next(examples: number): Promise<readonly Row[]>;
  cursor(): PackedCursor;
  close(): void;
}

function createPacking(options: PackedSourceOptions, from: PackedCursor | null): Packing {
  const { source, objective, special, tokenizer, window, packing: length, openRows: open } = options;
  const pack = ({ example, random }: ReturnType<ExampleSource["recall"]>, recalled: Json): Packed => ({
    ...objective.features(example, { special, tokenizer, window, random }),
    recalled,
  });
  const feed: ExampleFeed = source.open(from?.feed ?? null);
  const rows = from?.open.map((row) => row.map((one) => pack(source.recall(one), one)));
  const packer = createPacker({ length, open, rows });
  const nextRow = async (): Promise<Row> => {
    for (;;) {
      const { drawn, recalled } = await feed.next();
      const row = packer.add(pack(drawn, recalled));
      if (row) return row;
    }
  };
  return {
    async next(examples) {
      const found: Row[] = [];
      for (let count = 0; count < examples; count += found.at(-1)?.length ?? 0) found.push(await nextRow());
      return found;
    },
    cursor: () => ({
      feed: feed.cursor(),
      open: packer.rows.map((row) => row.map(({ recalled }) => recalled)),
    }),
    close: () => feed.close(),
  };
}

/** Rows in micro-batches of at most so many examples, or of one row. */
function microBatches(rows: readonly Row[], examples: number): Row[][] {
  const batches: Row[][] = [];
  let count = 0;
  for (const row of rows) {
    if (batches.length === 0 || count + row.length > examples) {
      batches.push([]);
      count = 0;
    }
    batches.at(-1)?.push(row);
    count += row.length;
  }
  return batches;
}
