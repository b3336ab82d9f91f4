import type { PositionRows } from "@trivium/attention";
import { documentIds, type StreamRows } from "@trivium/features";
import { type Mask, or, packed, positioned, type Range, type Visibility } from "@trivium/masks";
import { type Architecture, type MaskBuilder, type MaskContext, selfMaskOf } from "./architecture.ts";

/** Two streams that one attention reads as one text: the first is the memory, the second continues behind it. */
export interface MergedPositions {
  /** Length of each row's memory. */
  readonly memoryLengths: readonly number[];
  /** Positions of the second stream's tokens in the text. */
  readonly queries: PositionRows;
  /** Positions of memory and the second stream's tokens in the text. */
  readonly keys: PositionRows;
}

/**
 * The mask over a text of two streams: the cross mask over memory, the self mask over the rest. In an encoder–decoder
 * it shows what a prefix architecture shows behind a prefix as long as the source.
 *
 * ```
 * full() and causal(), memory of 2   or(prefix(2), causal())
 * ·····                              ██···
 * ·····                              ██···
 * ███··                              ███··
 * ████·                              ████·
 * █████                              █████
 * ```
 */
export function mergedMask(architecture: Architecture, context: MaskContext, positions: MergedPositions): Mask {
  const { memoryLengths, queries, keys } = positions;
  const lengthOf = (row: number): number => memoryLengths[row] as number;
  const memory = mapRows(keys, (position, row) => (position < lengthOf(row) ? position : -1));
  const own = (rows: PositionRows) => mapRows(rows, (position, row) => Math.max(-1, position - lengthOf(row)));
  const { self, cross } = masksOf(architecture, context);
  return or(
    positioned(cross, { queries: own(queries), keys: memory }),
    positioned(self, { queries: own(queries), keys: own(keys) }),
  );
}

/** One row for all stays one row for all. */
function mapRows(rows: PositionRows, of: (position: number, row: number) => number): number[] | number[][] {
  const mapped = rows.map((row, b) => row.map((position) => of(position, b)));
  return mapped.length === 1 ? (mapped[0] as number[]) : mapped;
}

/**
 * The mask of positions behind memory, over any number of them: what `mergedMask` shows to queries of the second stream.
 * Made without a list of positions, so that decoding can ask it of texts that grow.
 */
export function continuedMask(
  architecture: Architecture,
  context: MaskContext,
  memoryLengths: readonly number[],
): Mask {
  const { self, cross } = masksOf(architecture, context);
  const behind = ({ start, end }: Range, length: number): Range => ({
    start: Math.max(0, start - length),
    end: Math.max(0, end - length),
  });
  return {
    ...self,
    rows: memoryLengths.length,
    visible(b, h, q, k) {
      const length = memoryLengths[b] as number;
      if (q < length) return false;
      return k < length ? cross.visible(b, h, q - length, k) : self.visible(b, h, q - length, k - length);
    },
    classify(b, h, queries, keys) {
      const length = memoryLengths[b] as number;
      const own = behind(queries, length);
      if (own.start === own.end) return "none";
      const verdicts: Visibility[] = queries.start < length ? ["none"] : [];
      if (keys.start < length) verdicts.push(cross.classify(b, h, own, { ...keys, end: Math.min(keys.end, length) }));
      if (keys.end > length) verdicts.push(self.classify(b, h, own, behind(keys, length)));
      return verdicts.every((verdict) => verdict === verdicts[0]) ? (verdicts[0] as Visibility) : "some";
    },
  };
}

/** The same in packed rows: the documents of memory stand in its row, those of the stream in its own behind it. */
export function packedMergedMask(
  architecture: Architecture,
  context: MaskContext,
  { memory, rows }: { readonly memory: StreamRows; readonly rows: StreamRows },
): Mask {
  const { self, cross } = masksOf(architecture, context);
  const none = ({ length }: StreamRows): number[] => Array.from({ length }, () => -1);
  const own = documentIds(rows);
  const [beforeOwn, behindMemory] = [none(memory), none(rows)];
  const memoryKeys = documentIds(memory).map((ids) => [...ids, ...behindMemory]);
  const ownKeys = own.map((ids) => [...beforeOwn, ...ids]);
  return or(packed(cross, own, memoryKeys), packed(self, own, ownKeys));
}

function masksOf(architecture: Architecture, context: MaskContext): { self: Mask; cross: Mask } {
  const self = selfMaskOf(architecture, architecture.streams.at(-1) as string);
  return { self: self(context), cross: (architecture.crossMask as MaskBuilder)(context) };
}
