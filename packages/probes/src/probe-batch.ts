import { createRandom, ShapeError } from "@trivium/core";
import { type Batch, type Example, type Features, isPair, type ModelInput, toBatch } from "@trivium/features";
import type { Objective } from "@trivium/objectives";
import { reservedSpecials, type SpecialTokens } from "@trivium/text";

/** Makes one batch of several examples: `toBatch` and `toPackedBatch` with their options. */
export type Collate = (rows: readonly Features[]) => Batch;

/** Where one token of an example stands in a batch. */
export interface TokenPlace {
  /** The example's index. */
  readonly example: number;
  /** The token's index in the source, and behind it in the target; in a text, its index. */
  readonly token: number;
  /** The slots that hold it, flat in `[B, L]`. */
  readonly inputs: readonly { readonly stream: string; readonly at: number }[];
  /** The positions of the predicting stream that should predict it, flat in `[B, L]`. */
  readonly predictions: readonly number[];
}

/** A batch of which is known what stands where, whatever made it. */
export interface ProbeBatch {
  readonly batch: Batch;
  readonly tokens: readonly TokenPlace[];
  /** The example of each slot of a stream, flat in `[B, L]`; −1 is padding. */
  readonly owners: Readonly<Record<string, Int32Array>>;
}

/** The vocabulary and the collation of a probe. */
export interface ProbeBatchOptions {
  /** Special tokens of the model's vocabulary. Default: those of our own tokenizers. */
  readonly special?: SpecialTokens | undefined;
  /** Makes the batch. Default: padded on the right. */
  readonly collate?: Collate | undefined;
}

/**
 * A batch of examples, and the places of their tokens in it: found by sending marks through objective and collation
 * instead of ids, so that nothing is assumed of either.
 */
export function probeBatch(
  objective: Objective,
  examples: readonly Example[],
  { special = reservedSpecials(), collate = (rows) => toBatch(rows) }: ProbeBatchOptions = {},
): ProbeBatch {
  const featuresOf = (example: Example) => objective.features(example, { special, random: createRandom("probe") });
  const features = examples.map(featuresOf);
  let mark = 0;
  const firstMarks = examples.map((example) => {
    const first = mark;
    mark -= tokensOf(example).length;
    return first;
  });
  const marked = collate(
    examples.map((example, index) => featuresOf(markTokens(example, firstMarks[index] as number))),
  );
  const streams = Object.entries(marked.streams).map(([stream, { ids }]) => ({ stream, places: indexMarks(ids) }));
  const predicted = indexMarks(marked.targets);
  const placeOf = (example: number, token: number): TokenPlace => {
    const own = (firstMarks[example] as number) - 1 - token;
    const inputs = streams.flatMap(({ stream, places }) => (places.get(own) ?? []).map((at) => ({ stream, at })));
    return { example, token, inputs, predictions: predicted.get(own) ?? [] };
  };
  const owned = collate(features.map((row, index) => withEveryId(row, index + 1)));
  return {
    batch: collate(features),
    tokens: examples.flatMap((example, index) => tokensOf(example).map((_, token) => placeOf(index, token))),
    owners: Object.fromEntries(Object.entries(owned.streams).map(([name, { ids }]) => [name, ids.map((id) => id - 1)])),
  };
}

/** A copy of an input with some ids changed. */
export function withIds(
  input: ModelInput,
  places: readonly { readonly stream: string; readonly at: number }[],
  change: (id: number) => number,
): ModelInput {
  const streams = { ...input.streams };
  for (const { stream, at } of places) {
    const rows = streams[stream] as ModelInput["streams"][string];
    const ids = rows.ids.slice();
    ids[at] = change(ids[at] as number);
    streams[stream] = { ...rows, ids };
  }
  return { ...input, streams };
}

/**
 * The one slot in which a source token stands.
 *
 * @throws {ShapeError} `probes/source-token` if it stands in none or several.
 */
export function slotOf({ token, inputs }: TokenPlace): { readonly stream: string; readonly at: number } {
  const [slot] = inputs;
  if (slot && inputs.length === 1) return slot;
  const found = inputs.map(({ stream, at }) => `${stream}[${at}]`).join(", ") || "nowhere";
  const message = `source token ${token} should stand in one place of the model's input, found ${found}`;
  throw new ShapeError("probes/source-token", `${message}; use an objective that does not corrupt the source`);
}

const tokensOf = (example: Example): readonly number[] =>
  isPair(example) ? [...example.source, ...example.target] : example.tokens;

/** The example with marks for ids: `before − 1`, `before − 2`, …, all below any id. */
function markTokens(example: Example, before: number): Example {
  const marks = (ids: readonly number[], start: number) => ids.map((_, at) => start - 1 - at);
  if (!isPair(example)) return { tokens: marks(example.tokens, before) };
  return { source: marks(example.source, before), target: marks(example.target, before - example.source.length) };
}

function withEveryId(features: Features, id: number): Features {
  const streams = Object.entries(features.streams).map(([name, ids]) => [name, ids.map(() => id)] as const);
  return { ...features, streams: Object.fromEntries(streams) };
}

/** Where each mark stands, flat in `[B, L]`. */
function indexMarks(ids: Int32Array): ReadonlyMap<number, readonly number[]> {
  const places = new Map<number, number[]>();
  for (const [at, id] of ids.entries()) if (id < 0) places.set(id, [...(places.get(id) ?? []), at]);
  return places;
}
