import { ConfigError } from "@trivium/core";
import { assertInteger } from "../assert-integer.ts";
import { readLossWeights } from "./loss-weights.ts";
import { forEachNewKey, pathTo, type Relation, relationOf, type Trace, trace } from "./reachability.ts";
import { agreedRows, type ResolvedStreams, resolveStreams, type StreamMasks } from "./stream-masks.ts";

/** A place in the input. */
export interface StreamPosition {
  readonly stream: string;
  readonly position: number;
}

export interface LabelLeakOptions extends StreamMasks {
  /** Each stream's length: `{ tokens: 8 }`, or `{ source: 5, target: 4 }`. The last one makes the predictions. */
  readonly streams: Readonly<Record<string, number>>;
  /** Layers of every stream, or of each. */
  readonly layers: number | Readonly<Record<string, number>>;
  /**
   * Distance from a prediction to its label: that of the prediction at `p` stands at `p + shift`. 1 for teacher
   * forcing, with or without a start token; 0 where a token is predicted in its own place; null for nowhere. Default 1.
   */
  readonly shift?: number | null | undefined;
  /** Weight of the prediction at each position, for all rows or for each; 0 carries no loss. Default: all 1. */
  readonly lossWeights?: ArrayLike<number> | readonly ArrayLike<number>[] | undefined;
  /** Further places that hold the label of a prediction: an answer that was left in the source, say. */
  readonly labels?:
    | ((prediction: { readonly row: number; readonly position: number }) => readonly StreamPosition[])
    | undefined;
  /** Batch rows, checked against the masks. Default: theirs, else 1. */
  readonly rows?: number | undefined;
}

/** A prediction that can see its own label, and how. */
export interface LabelLeak {
  readonly row: number;
  /** Position of the prediction in the last stream. */
  readonly position: number;
  readonly label: StreamPosition;
  /** Position by position from the prediction to its label; each sees the next. */
  readonly path: readonly StreamPosition[];
  /** Attention layers that the path goes through; 0 if the prediction stands on its label. */
  readonly layers: number;
  readonly text: string;
}

/**
 * Finds each prediction with loss whose state, after all layers, depends on the input that holds its label.
 *
 * A state at layer n depends on the states at layer n−1 of the positions that its mask shows in any head, and, by the
 * residual stream, on its own. A target stream's layer also reads the final states of the source. So a label can
 * arrive by a detour: the mask row of the prediction alone does not tell.
 *
 * @returns one leak for each prediction and place of its label, by the shortest path; none if the set-up is sound.
 * @throws {ConfigError} `masks/streams`, `masks/stream-mask`, `masks/layers`, `masks/shift`, `masks/loss-weights`,
 *   `masks/label-place` for what is missing or out of range.
 * @throws {ShapeError} `masks/rows` or `masks/loss-weights` if rows or lengths disagree.
 * @example labelLeaks({ streams: { tokens: 4 }, selfMask: causal(), layers: 2 }) // => []
 */
export function labelLeaks(options: LabelLeakOptions): LabelLeak[] {
  const streams = resolveStreams(options.streams, options);
  const { last, first } = streams;
  for (const [name, length] of Object.entries(options.streams)) assertInteger("masks/streams", name, length, 0);
  const weights = readLossWeights(options.lossWeights, last.size);
  const rows = agreedRows({
    rows: options.rows,
    lossWeights: weights.rows,
    [`selfMask of ${last.name}`]: last.selfMask.rows,
    [`selfMask of ${first?.name}`]: first?.selfMask.rows,
    crossMask: first?.crossMask.rows,
  });
  return Array.from({ length: rows }, (_, row) => leaksOfRow(streams, options, row, weights.of(row))).flat();
}

function leaksOfRow(
  streams: ResolvedStreams<number>,
  options: LabelLeakOptions,
  row: number,
  weights: ArrayLike<number>,
): LabelLeak[] {
  const search = createSearch(streams, options, row);
  return Array.from(weights, (weight, position) => {
    const labels = weight > 0 ? placesOfLabel(streams, options, row, position) : [];
    if (labels.length === 0) return [];
    const find = search(position);
    return labels.flatMap((label) => {
      const path = find(label);
      return path === null ? [] : describeLeak(row, position, label, path);
    });
  }).flat();
}

function placesOfLabel(
  { last }: ResolvedStreams<number>,
  { streams, shift = 1, labels }: LabelLeakOptions,
  row: number,
  position: number,
): StreamPosition[] {
  if (shift !== null) assertInteger("masks/shift", "shift", shift);
  const shifted = shift === null ? -1 : position + shift;
  const places = shifted >= 0 && shifted < last.size ? [{ stream: last.name, position: shifted }] : [];
  for (const place of labels?.({ row, position }) ?? []) {
    const length = streams[place.stream];
    if (length === undefined || !(place.position >= 0 && place.position < length)) {
      const known = Object.entries(streams).map(([name, size]) => `${name} of ${size}`);
      const found = `the label of position ${position} should be in a stream, got ${place.stream}[${place.position}]`;
      const message = `${found}; streams: ${known.join(", ")}`;
      throw new ConfigError("masks/label-place", message, { details: { row, position, place } });
    }
    places.push(place);
  }
  return places;
}

type FindPath = (label: StreamPosition) => StreamPosition[] | null;

/** For one row: from a prediction, a function that finds the shortest path to an input that it depends on. */
function createSearch(
  { last, first }: ResolvedStreams<number>,
  { layers }: LabelLeakOptions,
  row: number,
): (position: number) => FindPath {
  const lastLayers = layersOf(layers, last.name);
  const lastSelf = relationOf(last.selfMask, row, last.size, last.size);
  const across = first && {
    layers: layersOf(layers, first.name),
    self: relationOf(first.selfMask, row, first.size, first.size),
    cross: relationOf(first.crossMask, row, last.size, first.size),
  };
  const at = (stream: string, path: readonly number[]) => path.map((position) => ({ stream, position }));
  return (prediction) => {
    const own = trace(lastSelf, [prediction], lastLayers);
    return ({ stream, position }) => {
      if (stream === last.name) return (own.hops[position] as number) < 0 ? null : at(stream, pathTo(own, position));
      const { self, cross, layers: firstLayers } = across as NonNullable<typeof across>;
      const crossing = crossOver(cross, own, lastLayers);
      const theirs = trace(self, crossing.keys, firstLayers);
      if ((theirs.hops[position] as number) < 0) return null;
      const inFirst = pathTo(theirs, position);
      return [...at(last.name, pathTo(own, crossing.from[inFirst[0] as number] as number)), ...at(stream, inFirst)];
    };
  };
}

/** The source positions that a prediction reads across, each from the reader with the fewest hops. */
function crossOver(cross: Relation, own: Trace, layers: number): { keys: number[]; from: Int32Array } {
  const readers = [...own.hops.keys()].filter((q) => (own.hops[q] as number) >= 0 && (own.hops[q] as number) < layers);
  readers.sort((a, b) => (own.hops[a] as number) - (own.hops[b] as number));
  const reached = new Int32Array(cross.wordsPerQuery);
  const from = new Int32Array(cross.keys).fill(-1);
  const keys: number[] = [];
  for (const reader of readers) {
    forEachNewKey(cross, reader, reached, (key) => {
      from[key] = reader;
      keys.push(key);
    });
  }
  return { keys, from };
}

function layersOf(layers: LabelLeakOptions["layers"], stream: string): number {
  const count = typeof layers === "number" ? layers : layers[stream];
  assertInteger("masks/layers", `layers of ${stream}`, count, 0);
  return count as number;
}

function describeLeak(row: number, position: number, label: StreamPosition, path: StreamPosition[]): LabelLeak {
  const chain = path.map((place) => `${place.stream}[${place.position}]`);
  const layers = path.length - 1;
  const seen = `the label of the prediction at ${chain[0]} stands at ${chain.at(-1)}`;
  const through = `which it sees in ${layers} layer${layers > 1 ? "s" : ""}: ${chain.join(" ← ")}`;
  const how = layers === 0 ? "the very same position" : through;
  return { row, position, label, path, layers, text: `row ${row}: ${seen}, ${how}` };
}
