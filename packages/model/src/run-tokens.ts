import { PageReading, type PageRows } from "@trivium/attention";
import type { Mask } from "@trivium/masks";
import { type Tensor2D, tf } from "@trivium/tensor";
import type { DecoderParts, NewTokens, TokenResults } from "./decoder-parts.ts";
import { embed, readOut } from "./embed.ts";
import type { ModelParts } from "./model-parts.ts";
import { isMerged } from "./resolve-config.ts";
import { runStack, type StackRun } from "./run-stack.ts";
import type { StackProgram } from "./stack-program.ts";

/** A decoder's parts, and the program that it makes of them. */
export interface RunningDecoder extends DecoderParts {
  readonly program: StackProgram;
}

/** The content of a state. */
export interface Held {
  /** In each storage. */
  readonly rows: readonly PageRows[];
  readonly sealed: Int32Array;
  readonly sources: Int32Array;
  readonly logits: Tensor2D;
  /** Of the tokens that the last pass ran, if it was asked for them. */
  readonly states?: Tensor2D | undefined;
  /** The row of the logits that each row predicts next from; absent where there is one for each. */
  readonly last: Int32Array | undefined;
  /** The masks of these rows, once they were asked for. */
  readonly masks?: Masks | undefined;
}

export interface Masks {
  /** The self-attention mask of each layer; layers of one window share one. */
  readonly selves: readonly Mask[];
  readonly cross: Mask | undefined;
}

interface TokenRun extends Pick<PickedLogits, "wanted"> {
  /** True if the states are asked for. */
  readonly keeps: boolean;
  readonly tokens: NewTokens;
  readonly held: Held;
  readonly masks: Masks;
  readonly runs: readonly number[];
}

/** Runs new tokens; their keys and values are kept. */
export function runTokens(parts: RunningDecoder, { tokens, held, masks, runs, wanted, keeps }: TokenRun): TokenResults {
  const { model, tree, stack, bidirectional, bias } = parts;
  const [storage] = parts.storages;
  const { config } = model;
  const positions = [Array.from(tokens.positions)];
  const prefixes = isMerged(config) ? held.sources : held.sealed;
  const prefixAt = (_: number, token: number): number => prefixes[tokens.rows[token] as number] as number;
  const x = embed({ config, tree, stack, ids: tokens.ids, positions, prefixAt });
  const rows = held.rows[0] as PageRows;
  const distinct = [...new Set(masks.selves)];
  const readings = new Map(distinct.map((mask) => [mask, new PageReading({ storage, rows, queries: tokens, mask })]));
  const selves = masks.selves.map((mask) => readings.get(mask) as PageReading);
  const cross = crossReading(parts, { tokens, held, masks });
  const readsOut = isOfEveryToken(tokens, wanted);
  const results = parts.program.run({ x, tokens, runs, selves, cross, keeps, readsOut });
  if (results) return results;
  const run: StackRun = {
    config,
    kernel: model.kernel,
    selfMasks: masks.selves,
    queryPositions: positions,
    bidirectional,
    extend(layer, { key, value }) {
      const slots = (tensor: typeof key): Tensor2D => tf.reshape(tensor, [tokens.ids.length, -1]);
      storage.write(layer, { key: slots(key), value: slots(value) }, runs);
      return { ...storage.read(layer), reading: selves[layer] as PageReading, bias };
    },
    cross: cross && {
      mask: cross.options.mask,
      keyValues: (layer) => ({ ...cross.options.storage.read(layer), reading: cross }),
    },
  };
  return { states: tf.reshape(runStack(stack, x, run), [tokens.ids.length, config.width]) as Tensor2D };
}

function crossReading(
  { storages }: DecoderParts,
  { tokens, held, masks }: Pick<TokenRun, "tokens" | "held" | "masks">,
) {
  const [storage, rows, mask] = [storages[1], held.rows[1], masks.cross];
  return storage && rows && mask ? new PageReading({ storage, rows, queries: tokens, mask }) : undefined;
}

interface PickedLogits {
  /** Absent if every row rests. */
  readonly results: TokenResults | undefined;
  readonly tokens: NewTokens;
  readonly held: Held;
  readonly wanted: "last" | "all";
}

/** Tells if each new token has logits. */
const isOfEveryToken = ({ counts }: NewTokens, wanted: PickedLogits["wanted"]): boolean =>
  wanted === "all" || counts.every((count) => count === 1);

/** The logits of new tokens, and for rows that rest those that they had. */
export function pickLogits({ model, tree }: DecoderParts, { results, tokens, held, wanted }: PickedLogits): Tensor2D {
  if (!results) return nextLogits(held);
  const { counts } = tokens;
  const lastOnes = (states: Tensor2D): Tensor2D =>
    isOfEveryToken(tokens, wanted)
      ? states
      : gatherRows(
          states,
          lastOfTokens(counts).filter((_, row) => counts[row]),
        );
  const logits = results.logits ?? readOut(model.config, tree, lastOnes(results.states as Tensor2D));
  if (!counts.includes(0)) return logits;
  let next = held.logits.shape[0];
  const places = Array.from(counts).flatMap((count, row) => {
    if (count === 0) return [held.last?.[row] ?? row];
    return Array.from({ length: wanted === "all" ? count : 1 }, () => next++);
  });
  return gatherRows(tf.concat([held.logits, logits], 0), places);
}

/** Returns the logits that each row predicts next from, `[B, V]`. */
export const nextLogits = ({ logits, last }: Held): Tensor2D => (last ? gatherRows(logits, last) : logits.clone());

/** The rows of a matrix at these places. */
export const gatherRows = (matrix: Tensor2D, places: number[] | Int32Array): Tensor2D =>
  tf.gather(matrix, tf.tensor1d(places, "int32"));

/** The index of each row's last token, where tokens stand side by side; of rows without any, that of the one before. */
export function lastOfTokens(counts: ArrayLike<number>): Int32Array {
  let end = 0;
  return Int32Array.from(counts, (count) => {
    end += count;
    return end - 1;
  });
}

export const predictingStream = ({ architecture }: Pick<ModelParts, "architecture">): string =>
  architecture.streams.at(-1) as string;
