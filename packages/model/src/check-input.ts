import { ShapeError } from "@trivium/core";
import { documentLengths, type ModelInput, type StreamRows } from "@trivium/features";
import type { Architecture } from "./architecture.ts";
import { isMerged, type ResolvedConfig } from "./resolve-config.ts";

/**
 * Checks that an input has the streams of the architecture, in the sizes that it says, and fits the model's length.
 *
 * @throws {ShapeError} `model/streams`, `model/input`, `model/length` or `model/vocabulary`.
 */
export function checkInput(architecture: Architecture, config: ResolvedConfig, input: ModelInput): void {
  const got = Object.keys(input.streams);
  for (const stream of architecture.streams) {
    const rows = input.streams[stream];
    if (!rows) {
      const wanted = `${architecture.name} runs the streams [${architecture.streams.join(", ")}]`;
      throw new ShapeError("model/streams", `${wanted}, got [${got.join(", ")}]; use an objective that makes them`);
    }
    if (rows.ids.length !== input.size * rows.length || rows.lengths.length !== input.size) {
      const wanted = `stream "${stream}" should hold ${input.size} rows of ${rows.length} ids`;
      const found = `${rows.ids.length} ids and ${rows.lengths.length} lengths`;
      throw new ShapeError("model/input", `${wanted}, got ${found}`);
    }
    for (const lengths of documentLengths(rows)) checkLength(stream, Math.max(0, ...lengths), config.length);
    if (rows.documents) checkDocuments(stream, rows, input);
    checkIds(stream, rows, config.vocabulary);
  }
  if (isMerged(config)) checkTogether(architecture, config, input);
  const documents = documentLengths(input.streams[architecture.streams[0] as string] as StreamRows).flat().length;
  if (input.prefixLengths.length !== documents) {
    const found = `${input.prefixLengths.length} prefix lengths for ${documents}`;
    throw new ShapeError("model/input", `an input has one prefix length for each row or packed document, got ${found}`);
  }
}

/**
 * Streams that one attention reads as one text have to fit together.
 *
 * @throws {ShapeError} `model/length`
 */
export function checkTogether({ streams }: Architecture, { length }: ResolvedConfig, input: ModelInput): void {
  const lengths = streams.map((stream) => documentLengths(input.streams[stream] as StreamRows).flat());
  const sums = lengths[0]?.map((_, document) => lengths.reduce((sum, own) => sum + (own[document] ?? 0), 0)) ?? [];
  checkLength(streams.join(" + "), Math.max(0, ...sums), length);
}

/** Every stream holds the same documents in the same rows, none empty, from the start of the row. */
function checkDocuments(stream: string, rows: StreamRows, input: ModelInput): void {
  const counts = ({ documents }: StreamRows) => documents?.map(({ length }) => length).join();
  const [first, ...others] = Object.values(input.streams) as [StreamRows, ...StreamRows[]];
  const refuse = (problem: string): never => {
    throw new ShapeError("model/documents", `packed stream "${stream}": ${problem}`);
  };
  if (rows.padding === "left") refuse("packed rows are padded on the right, these on the left");
  if (others.some((other) => counts(other) !== counts(first))) refuse("another stream holds other documents");
  documentLengths(rows).forEach((lengths, row) => {
    const sum = lengths.reduce((all, length) => all + length, 0);
    if (sum === rows.lengths[row] && lengths.every((length) => length > 0)) return;
    refuse(`row ${row} has ${rows.lengths[row]} tokens, its documents [${lengths.join(", ")}]; none may be empty`);
  });
}

/** @throws {ShapeError} `model/length` if a row is longer than the model. */
export function checkLength(stream: string, length: number, limit: number): void {
  if (length <= limit) return;
  const found = `stream "${stream}" has a row of ${length} tokens and the model's length is ${limit}`;
  const details = { stream, length, limit };
  throw new ShapeError("model/length", `${found}; set a larger length or shorten the row`, { details });
}

/** An id outside the vocabulary has no embedding; what stands in the padding is looked up too. */
function checkIds(stream: string, { ids, length }: StreamRows, vocabulary: number): void {
  const at = ids.findIndex((id) => id < 0 || id >= vocabulary);
  if (at < 0) return;
  const found = `stream "${stream}" holds the id ${ids[at]} in row ${Math.floor(at / length)}, slot ${at % length}`;
  const details = { stream, id: ids[at], vocabulary };
  throw new ShapeError("model/vocabulary", `${found}; the vocabulary has ids 0 to ${vocabulary - 1}`, { details });
}
