import { createRandom, type Random } from "@trivium/core";
import { type Batch, type Example, type Features, isPair, toBatch } from "@trivium/features";
import { reservedSpecials, type SpecialTokens } from "@trivium/text";
import { markCoder } from "./mark-coder.ts";
import type { Objective } from "./objective.ts";

/** Makes one batch of several examples: `toBatch` and `toPackedBatch` with their options. */
export type Collate = (rows: readonly Features[]) => Batch;

/** The places of one token of an example in a batch. */
export interface TokenPlace {
  /** The example's index. */
  readonly example: number;
  /** The token's index in the source, and behind it in the target; in a text, its index. */
  readonly token: number;
  /** The slots that hold the token, flat in `[B, L]`. */
  readonly inputs: readonly { readonly stream: string; readonly at: number }[];
  /** The positions of the predicting stream that should predict the token, flat in `[B, L]`. */
  readonly predictions: readonly number[];
}

/** A batch with the places of its examples' tokens, whatever made it. */
export interface MarkedBatch {
  readonly batch: Batch;
  readonly tokens: readonly TokenPlace[];
  /** The example of each slot of a stream, flat in `[B, L]`; −1 is padding. */
  readonly owners: Readonly<Record<string, Int32Array>>;
}

/** The vocabulary, the collation and the random draws of a marked batch. */
export interface MarkedBatchOptions {
  /** Special tokens of the model's vocabulary. Default: those of our own tokenizers. */
  readonly special?: SpecialTokens | undefined;
  /** Makes the batch. Default: padded on the right. */
  readonly collate?: Collate | undefined;
  /** The random stream of each example. Default: the same for all. */
  readonly random?: ((index: number) => Random) | undefined;
}

/**
 * Makes a batch of examples, and finds the places of their tokens in it. Marks go through objective and collation in
 * the place of ids, so that nothing is assumed of either; then each mark gives way to the id for which it stands.
 * Special tokens that the objective inserts have no mark.
 *
 * @throws what the objective and the collation throw.
 * @example markedBatch(prefixLm(), [{ source: [7, 8], target: [9] }]).tokens[2].predictions // => [2]
 */
export function markedBatch(
  objective: Pick<Objective, "features">,
  examples: readonly Example[],
  options: MarkedBatchOptions = {},
): MarkedBatch {
  const { special = reservedSpecials(), collate = toBatch, random = () => createRandom("probe") } = options;
  const tokenizer = markCoder(special);
  const ids = examples.flatMap(tokensOf);
  let first = 0;
  const features = examples.map((example, index) => {
    const marks = markTokens(example, first);
    first -= tokensOf(example).length;
    return objective.features(marks, { special, tokenizer, random: random(index) });
  });
  const marked = collate(features);
  const owned = collate(features.map((row, index) => withEveryId(row, index + 1)));
  return {
    batch: withoutMarks(marked, ids),
    tokens: placesOf(marked, examples),
    owners: Object.fromEntries(
      Object.entries(owned.streams).map(([name, rows]) => [name, rows.ids.map((id) => id - 1)]),
    ),
  };
}

function placesOf(marked: Batch, examples: readonly Example[]): TokenPlace[] {
  const streams = Object.entries(marked.streams).map(([stream, { ids }]) => ({ stream, places: indexMarks(ids) }));
  const predicted = indexMarks(marked.targets);
  let mark = 0;
  return examples.flatMap((example, index) =>
    tokensOf(example).map((_, token): TokenPlace => {
      mark -= 1;
      const own = mark;
      const inputs = streams.flatMap(({ stream, places }) => (places.get(own) ?? []).map((at) => ({ stream, at })));
      return { example: index, token, inputs, predictions: predicted.get(own) ?? [] };
    }),
  );
}

const tokensOf = (example: Example): readonly number[] =>
  isPair(example) ? [...example.source, ...example.target] : example.tokens;

/** The example with marks for ids: `before − 1`, `before − 2`, …, all below any id. */
function markTokens(example: Example, before: number): Example {
  const marks = (ids: readonly number[], start: number) => ids.map((_, at) => start - 1 - at);
  if (!isPair(example)) return { ...example, tokens: marks(example.tokens, before) };
  return {
    ...example,
    source: marks(example.source, before),
    target: marks(example.target, before - example.source.length),
  };
}

function withEveryId(features: Features, id: number): Features {
  const streams = Object.entries(features.streams).map(([name, ids]) => [name, ids.map(() => id)] as const);
  return { ...features, streams: Object.fromEntries(streams) };
}

/** The batch with the id of each mark. */
function withoutMarks(batch: Batch, ids: readonly number[]): Batch {
  const unmark = (values: Int32Array) => values.map((id) => (id < 0 ? (ids[-1 - id] as number) : id));
  const streams = Object.entries(batch.streams).map(
    ([name, rows]) => [name, { ...rows, ids: unmark(rows.ids) }] as const,
  );
  return { ...batch, streams: Object.fromEntries(streams), targets: unmark(batch.targets) };
}

/** The places of each mark, flat in `[B, L]`. */
function indexMarks(ids: Int32Array): ReadonlyMap<number, readonly number[]> {
  const places = new Map<number, number[]>();
  for (const [at, id] of ids.entries()) if (id < 0) places.set(id, [...(places.get(id) ?? []), at]);
  return places;
}
