import { createRandom, type Random } from "@trivium/core";
import { type Features, type ModelInput, toBatch, toPackedBatch } from "@trivium/features";
import type { Architecture } from "../architecture.ts";

/** The size of the vocabulary that sample inputs draw from; id 0 is padding. */
export const sampleVocabulary = 17;

export interface SampleRow {
  /** The length of every stream's row. */
  readonly length: number;
  readonly prefixLength: number;
}

export interface SampleOptions {
  readonly rows: readonly SampleRow[];
  readonly padding?: "left" | "right";
  readonly multipleOf?: number;
  /** Packs the rows into rows of at most that length. */
  readonly packing?: number;
  readonly seed?: number;
}

/** Rows of random ids for each stream of an architecture; the same seed gives the same rows, however they are padded. */
export function sampleInput(architecture: Architecture, options: SampleOptions): ModelInput {
  const random = createRandom(options.seed ?? 1);
  const features = options.rows.map((row, index) => sampleFeatures(architecture, row, random.split(index)));
  const { padding = "right", multipleOf = 1, packing } = options;
  if (packing !== undefined) return toPackedBatch(features, { pad: 0, length: packing, multipleOf });
  return toBatch(features, { pad: 0, padding, multipleOf });
}

function sampleFeatures({ streams }: Architecture, { length, prefixLength }: SampleRow, random: Random): Features {
  const ids = () => Array.from({ length }, () => 1 + random.integer(sampleVocabulary - 1));
  const rows = Object.fromEntries(streams.map((stream) => [stream, ids()]));
  return { streams: rows, prefixLength, targets: ids(), lossWeights: ids().map(() => 1) };
}

/** A copy with one id changed to another. */
export function withId(input: ModelInput, stream: string, { row, slot }: { row: number; slot: number }): ModelInput {
  const rows = input.streams[stream];
  if (!rows) throw new RangeError(`no stream ${stream}`);
  const ids = rows.ids.slice();
  const at = row * rows.length + slot;
  ids[at] = 1 + ((ids[at] as number) % (sampleVocabulary - 1));
  return { ...input, streams: { ...input.streams, [stream]: { ...rows, ids } } };
}

/** One row of an input that is padded right, without its padding. */
export function onlyRow(input: ModelInput, row: number): ModelInput {
  const streams = Object.entries(input.streams).map(([name, rows]) => {
    const length = rows.lengths[row] as number;
    const start = row * rows.length;
    return [name, { ids: rows.ids.slice(start, start + length), lengths: [length], length }] as const;
  });
  return { size: 1, streams: Object.fromEntries(streams), prefixLengths: [input.prefixLengths[row] as number] };
}

/** The same rows of one stream without their last tokens. */
export function shortened(input: ModelInput, stream: string, by: number): ModelInput {
  const rows = input.streams[stream]!;
  const length = rows.length - by;
  const ids = new Int32Array(input.size * length);
  for (let row = 0; row < input.size; row++) {
    const start = rows.padding === "left" ? rows.length - rows.lengths[row]! : 0;
    const kept = rows.ids.slice(row * rows.length + start, row * rows.length + start + rows.lengths[row]! - by);
    ids.set(kept, row * length + (rows.padding === "left" ? length - kept.length : 0));
  }
  const lengths = rows.lengths.map((real) => real - by);
  const shorter = { ids, lengths, length, ...(rows.padding ? { padding: rows.padding } : {}) };
  return { ...input, streams: { ...input.streams, [stream]: shorter } };
}
