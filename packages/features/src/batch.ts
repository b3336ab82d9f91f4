import { ShapeError } from "@trivium/core";
import type { StreamRows } from "./documents.ts";
import { documentLengths } from "./documents.ts";
import type { Features } from "./features.ts";

/** The input of a model: its streams, and the prefix length of each document. A row that is not packed is one document. */
export interface ModelInput {
  /** B, the number of rows. */
  readonly size: number;
  readonly streams: Readonly<Record<string, StreamRows>>;
  /** The number of leading positions of each document that form its prefix, row by row; 0 without a prefix. */
  readonly prefixLengths: readonly number[];
}

/** The input of a model, and the ids that it should predict. */
export interface Batch extends ModelInput {
  /** `[B, L]` ids, aligned with the predicting stream. */
  readonly targets: Int32Array;
  /** `[B, L]`, 0 where no loss is taken. */
  readonly lossWeights: Float32Array;
  /** The task of each document, row by row as `prefixLengths`. Absent if none has a task. */
  readonly tasks?: readonly (string | undefined)[] | undefined;
  /** The number of positions that carry loss. */
  readonly supervisedTokens: number;
  /** The number of real tokens in all streams. */
  readonly seenTokens: number;
}

/** The way in which rows are filled up to one length. */
export interface BatchOptions {
  /** The id that fills up short rows. Lengths tell padding, so any id does. Default 0. */
  readonly pad?: number | undefined;
  /** Default `"right"`. */
  readonly padding?: "left" | "right" | undefined;
  /** Pads lengths up to a multiple, so that fewer shapes occur. Default 1. */
  readonly multipleOf?: number | undefined;
}

/**
 * Pads the features of several examples into one batch.
 *
 * @param rows - at least one; all with the same streams.
 * @throws {ShapeError} `batch/empty`, `batch/streams`, `batch/targets` or `batch/loss-weights`.
 */
export function toBatch(rows: readonly Features[], options: BatchOptions = {}): Batch {
  const { pad = 0, padding = "right", multipleOf = 1 } = options;
  const [first] = rows;
  if (!first) throw new ShapeError("batch/empty", "a batch needs at least one row, got none");
  const names = Object.keys(first.streams);
  for (const row of rows) assertRow(row, names);
  const fill = <T extends Int32Array | Float32Array>(into: T, values: readonly (readonly number[])[]): T => {
    const length = into.length / rows.length;
    values.forEach((row, index) => {
      into.set(row, index * length + (padding === "left" ? length - row.length : 0));
    });
    return into;
  };
  const fillIds = (values: readonly (readonly number[])[], length: number): Int32Array =>
    fill(new Int32Array(rows.length * length).fill(pad), values);
  const streams: Record<string, StreamRows> = {};
  for (const name of names) {
    const values = rows.map((row) => row.streams[name]!);
    const lengths = values.map((ids) => ids.length);
    const length = Math.ceil(Math.max(1, ...lengths) / multipleOf) * multipleOf;
    streams[name] = { ids: fillIds(values, length), lengths, length, padding };
  }
  const { length } = streams[names.at(-1)!]!;
  const targets = rows.map((row) => row.targets);
  const weights = rows.map((row) => row.lossWeights);
  return {
    size: rows.length,
    streams,
    prefixLengths: rows.map(({ prefixLength }) => prefixLength),
    targets: fillIds(targets, length),
    lossWeights: fill(new Float32Array(rows.length * length), weights),
    tasks: tasksOf(rows),
    supervisedTokens: weights.flat().filter((weight) => weight !== 0).length,
    seenTokens: Object.values(streams).reduce((sum, { lengths }) => lengths.reduce((all, own) => all + own, sum), 0),
  };
}

/** The task of each example, if any has one. */
export function tasksOf(examples: readonly Features[]): Batch["tasks"] {
  return examples.some(({ task }) => task !== undefined) ? examples.map(({ task }) => task) : undefined;
}

function assertRow({ streams, targets, lossWeights }: Features, names: readonly string[]): void {
  const got = Object.keys(streams);
  if (got.join() !== names.join()) {
    throw new ShapeError("batch/streams", `rows of one batch have the same streams, got [${names}] and [${got}]`);
  }
  const predicting = names.at(-1)!;
  const { length } = streams[predicting]!;
  if (targets.length !== length || lossWeights.length !== length) {
    const lengths = `${length} ids, ${targets.length} targets, ${lossWeights.length} loss weights`;
    const message = `stream "${predicting}" needs a target and a weight for each id, got ${lengths}`;
    throw new ShapeError("batch/targets", message);
  }
  assertLossWeights(lossWeights);
}

/** No weight is negative, so `> 0` and `!== 0` find the same supervised positions. */
function assertLossWeights(weights: readonly number[]): void {
  const at = weights.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (at < 0) return;
  const message = `a loss weight is finite and at least 0, got ${weights[at]} at position ${at}; 0 takes no loss there`;
  throw new ShapeError("batch/loss-weights", message);
}

/**
 * Returns the logical position of each slot: 0, 1, … over the tokens of a document, −1 on padding.
 *
 * @returns `[B][L]`.
 */
export function logicalPositions(rows: StreamRows): number[][] {
  const { lengths, length, padding = "right" } = rows;
  return documentLengths(rows).map((documents, row) => {
    const positions = Array.from({ length }, () => -1);
    let slot = padding === "left" ? length - (lengths[row] as number) : 0;
    for (const size of documents) for (let position = 0; position < size; position++) positions[slot++] = position;
    return positions;
  });
}
