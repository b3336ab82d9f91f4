import { ShapeError } from "@trivium/core";
import { type Batch, type BatchOptions, tasksOf, toBatch } from "./batch.ts";
import type { StreamRows } from "./documents.ts";
import type { Features } from "./features.ts";

/**
 * Makes a batch of rows that several examples share. Each example is a document of its row: positions, prefixes and masks
 * count from its start, and it sees no other one.
 *
 * @param rows - at least one, of one example or more; all with the same streams, none of which is empty.
 * @throws {ShapeError} `batch/empty-document`; what `toBatch` throws.
 * @example packedRows([[a, b], [c]]).streams.tokens.documents // => [[5, 9], [4]]
 */
export function packedRows(
  rows: readonly (readonly Features[])[],
  options: Pick<BatchOptions, "pad" | "multipleOf"> = {},
): Batch {
  const examples = rows.flat();
  examples.forEach(assertNotEmpty);
  const batch = toBatch(rows.map(joined), options);
  const streams: Record<string, StreamRows> = {};
  for (const [name, stream] of Object.entries(batch.streams)) {
    const documents = rows.map((row) => row.map((features) => lengthOf(features, name)));
    streams[name] = { ...stream, documents };
  }
  return {
    ...batch,
    streams,
    prefixLengths: examples.map(({ prefixLength }) => prefixLength),
    tasks: tasksOf(examples),
  };
}

/** The number of tokens of an example in a stream. */
export const lengthOf = ({ streams }: Features, name: string): number => streams[name]?.length ?? 0;

/**
 * Refuses a document without a token: it would have no place in its row, and the numbers of those after it would be off.
 *
 * @throws {ShapeError} `batch/empty-document`.
 */
export function assertNotEmpty({ streams }: Features, index: number): void {
  const empty = Object.keys(streams).find((name) => streams[name]?.length === 0);
  if (empty === undefined) return;
  const message = `example ${index} has no token in stream "${empty}"; leave it out, or do not pack`;
  throw new ShapeError("batch/empty-document", message, { details: { index, stream: empty } });
}

/** Examples one after the other. Targets are shifted already, so no example predicts the start of the next. */
function joined(examples: readonly Features[]): Features {
  const names = Object.keys(examples[0]?.streams ?? {});
  return {
    streams: Object.fromEntries(names.map((name) => [name, examples.flatMap(({ streams }) => streams[name] ?? [])])),
    prefixLength: 0,
    targets: examples.flatMap(({ targets }) => targets),
    lossWeights: examples.flatMap(({ lossWeights }) => lossWeights),
  };
}
