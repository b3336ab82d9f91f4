import { ConfigError } from "@trivium/core";
import { assertInteger } from "../assert-integer.ts";
import type { Mask, Range } from "../mask.ts";
import { type Relation, relationOf, trace } from "./reachability.ts";
import type { StreamMasks } from "./stream-masks.ts";
import { agreedRows, isMask, resolveStreams } from "./stream-masks.ts";

/** A query, and the keys on which its mask differs from the reference. */
export interface VisibilityDifference {
  readonly row: number;
  /** The stream of the query, and that of the keys. */
  readonly queryStream: string;
  readonly keyStream: string;
  readonly query: number;
  readonly keys: readonly Range[];
  readonly text: string;
}

export interface VisibilityOptions extends StreamMasks {
  /** Each stream's length; with a cache, how many queries and how many keys. */
  readonly streams: Readonly<Record<string, StreamSize>>;
  /** Layers through which self-attention may pass something on. Default 1: the masks as they are. */
  readonly layers?: number | undefined;
  /** Batch rows, checked against the masks. Default: theirs, else 1. */
  readonly rows?: number | undefined;
}

/** Masks to measure against; an attention without one is not looked at. */
export interface ReferenceMasks {
  readonly selfMask?: Mask | Readonly<Record<string, Mask>> | undefined;
  readonly crossMask?: Mask | undefined;
}

/** A length, or the queries and keys of a step with a cache. */
export type StreamSize = number | { readonly queries: number; readonly keys: number };

/** One attention, with the mask it has and the mask it is measured against. */
interface Comparison {
  readonly queryStream: string;
  readonly keyStream: string;
  readonly queries: number;
  readonly keys: number;
  readonly actual: Mask;
  readonly reference: Mask;
  readonly layers: number;
}

/** The pairs that `differs(seen, in the reference)` picks, gathered by query. */
export function compareVisibility(
  options: VisibilityOptions,
  reference: ReferenceMasks,
  verb: string,
  differs: (seen: boolean, reference: boolean) => boolean,
): VisibilityDifference[] {
  const comparisons = listComparisons(options, reference);
  const counts = comparisons.flatMap(({ queryStream, keyStream, actual, reference: { rows } }) => {
    const attention = `${queryStream} to ${keyStream}`;
    return [[`mask of ${attention}`, actual.rows] as const, [`reference for ${attention}`, rows] as const];
  });
  const rows = agreedRows({ rows: options.rows, ...Object.fromEntries(counts) });
  return Array.from({ length: rows }, (_, row) =>
    comparisons.flatMap((comparison) => compareRow(comparison, row, verb, differs)),
  ).flat();
}

function listComparisons(options: VisibilityOptions, reference: ReferenceMasks): Comparison[] {
  const { layers = 1 } = options;
  assertInteger("masks/layers", "layers", layers, 1);
  const { first, last } = resolveStreams(options.streams, options);
  const within = (first === null ? [last] : [first, last]).flatMap(({ name, size, selfMask: actual }): Comparison[] => {
    const wanted = isMask(reference.selfMask) ? reference.selfMask : reference.selfMask?.[name];
    if (wanted === undefined) return [];
    const { queries, keys } = sizeOf(name, size);
    const problem = `more than one layer needs as many queries as keys; ${name} has ${queries} and ${keys}`;
    if (layers > 1 && queries !== keys) throw new ConfigError("masks/layers", problem);
    return [{ queryStream: name, keyStream: name, queries, keys, actual, reference: wanted, layers }];
  });
  if (reference.crossMask === undefined) return within;
  const problem = "a reference for cross-attention needs two streams, got one";
  if (first === null) throw new ConfigError("masks/streams", problem);
  const [{ queries }, { keys }] = [sizeOf(last.name, last.size), sizeOf(first.name, first.size)];
  const across = { queryStream: last.name, keyStream: first.name, queries, keys, layers: 1 };
  return [...within, { ...across, actual: first.crossMask, reference: reference.crossMask }];
}

function sizeOf(name: string, size: StreamSize): { queries: number; keys: number } {
  const { queries, keys } = typeof size === "number" ? { queries: size, keys: size } : size;
  assertInteger("masks/size", `queries of ${name}`, queries, 0);
  assertInteger("masks/size", `keys of ${name}`, keys, 0);
  return { queries, keys };
}

function compareRow(
  { queryStream, keyStream, queries, keys, actual, reference, layers }: Comparison,
  row: number,
  verb: string,
  differs: (seen: boolean, reference: boolean) => boolean,
): VisibilityDifference[] {
  const seen = relationOf(actual, row, queries, keys);
  const wanted = relationOf(reference, row, queries, keys);
  // Only where queries and keys are the same positions does a query hold itself.
  const square = queryStream === keyStream && queries === keys;
  const differences: VisibilityDifference[] = [];
  for (let query = 0; query < queries; query++) {
    const reached = layers > 1 ? trace(seen, [query], layers).hops : null;
    const ranges = runsOf(keys, (key) => {
      if (square && key === query) return false;
      const sees = reached === null ? holds(seen, query, key) : (reached[key] as number) >= 0;
      return differs(sees, holds(wanted, query, key));
    });
    if (ranges.length === 0) continue;
    const places = ranges.map(({ start, end }) => (end === start + 1 ? `${start}` : `${start}–${end - 1}`)).join(", ");
    const text = `row ${row}: ${queryStream}[${query}] ${verb} ${keyStream}[${places}]`;
    differences.push({ row, queryStream, keyStream, query, keys: ranges, text });
  }
  return differences;
}

const holds = ({ words, wordsPerQuery }: Relation, query: number, key: number): boolean =>
  (((words[query * wordsPerQuery + (key >>> 5)] as number) >>> (key & 31)) & 1) === 1;

function runsOf(length: number, holdsAt: (index: number) => boolean): Range[] {
  const runs: Range[] = [];
  for (let start = 0; start < length; start++) {
    if (!holdsAt(start)) continue;
    let end = start + 1;
    while (end < length && holdsAt(end)) end++;
    runs.push({ start, end });
    start = end;
  }
  return runs;
}
