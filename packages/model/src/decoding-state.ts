import {
  assertSealed,
  type DistanceBias,
  joinRows,
  type KeyValuePages,
  PageReading,
  type PageRows,
} from "@trivium/attention";
import { ShapeError, UnsupportedError } from "@trivium/core";
import type { Mask } from "@trivium/masks";
import { type ParameterTree, type Tensor2D, tf } from "@trivium/tensor";
import { selfMaskOf } from "./architecture.ts";
import { checkLength } from "./check-input.ts";
import type { AppendOptions, DecodingState } from "./decoder.ts";
import { embed, readOut } from "./embed.ts";
import { continuedMask } from "./merged-mask.ts";
import { isMerged } from "./resolve-config.ts";
import { runStack, type StackRun } from "./run-stack.ts";
import type { ModelParts } from "./run-streams.ts";
import type { StackParameters } from "./stack-parameters.ts";
import { masksOfLayers } from "./stream-layout.ts";

/** What all states of a decoder share. */
export interface DecoderParts {
  readonly model: ModelParts;
  readonly tree: ParameterTree;
  /** The stack of the predicting stream. */
  readonly stack: StackParameters;
  /** Keys and values of the predicting stream's self-attention. */
  readonly storage: KeyValuePages;
  /** Those of its cross-attention. */
  readonly sources: KeyValuePages | undefined;
  /** Whether positions of the predicting stream see later ones. */
  readonly bidirectional: boolean;
  readonly bias: DistanceBias | undefined;
  readonly states: Set<DecodingState>;
}

/** What a state holds. */
interface Held {
  readonly rows: PageRows;
  readonly sourceRows: PageRows | undefined;
  readonly sealed: Int32Array;
  readonly sources: Int32Array;
  readonly logits: Tensor2D;
  /** The row of the logits that each row predicts next from; absent where there is one for each. */
  readonly last: Int32Array | undefined;
  /** The masks of these rows, once they were asked for. */
  readonly masks?: Masks | undefined;
}

interface Masks {
  /** Of each layer; layers of one window share one. */
  readonly selves: readonly Mask[];
  readonly cross: Mask | undefined;
}

/** New tokens of some rows, side by side. */
interface NewTokens {
  readonly ids: Int32Array;
  readonly counts: Int32Array;
  /** The row of each token. */
  readonly rows: Int32Array;
  readonly positions: Int32Array;
}

/** A state over the pages of its decoder. */
export class PagedState implements DecodingState {
  readonly #parts: DecoderParts;
  readonly #held: Held;
  readonly lengths: Int32Array;

  constructor(parts: DecoderParts, held: Held) {
    this.#parts = parts;
    this.#held = held;
    const merged = isMerged(parts.model.config);
    this.lengths = merged
      ? held.rows.lengths.map((length, row) => length - (held.sources[row] as number))
      : held.rows.lengths;
    parts.states.add(this);
  }

  get sealed(): Int32Array {
    return this.#held.sealed;
  }

  get sources(): Int32Array {
    return this.#held.sources;
  }

  get logits(): Tensor2D {
    return this.#held.logits;
  }

  append(ids: Int32Array, counts: Int32Array, { logits: wanted = "last" }: AppendOptions = {}): DecodingState {
    this.#assertLive();
    const tokens = this.#place(ids, counts);
    const { storage } = this.#parts;
    const masks = this.#masks();
    for (const mask of new Set(masks.selves)) assertSealed(mask, this.#held.rows.lengths, counts);
    const held = this.#consume();
    const { rows, runs } = storage.extend(held.rows, counts);
    const next = { ...held, rows, masks };
    try {
      const logits = tf.tidy(() => {
        const states = ids.length > 0 ? runTokens(this.#parts, { tokens, held: next, masks, runs }) : undefined;
        return pickLogits(this.#parts, { states, tokens, held, wanted });
      });
      held.logits.dispose();
      const last = wanted === "all" ? lastOfEach(counts) : undefined;
      return new PagedState(this.#parts, { ...next, logits, last });
    } catch (error) {
      new PagedState(this.#parts, next).dispose();
      throw error;
    }
  }

  select(rows: Int32Array): DecodingState {
    const selected = this.#share(rows);
    this.dispose();
    return selected;
  }

  fork(count: number): DecodingState {
    if (!Number.isInteger(count) || count < 1)
      throw new ShapeError("model/decode", `fork(count) needs a positive integer, got ${count}`);
    return this.#share(Int32Array.from({ length: count * this.lengths.length }, (_, at) => Math.floor(at / count)));
  }

  join(other: DecodingState): DecodingState {
    this.#assertLive();
    if (!(other instanceof PagedState) || other === this || !this.#parts.states.has(other)) throw consumed();
    const [first, second] = [this.#consume(), other.#consume()];
    const join = (of: "sealed" | "sources") => Int32Array.from([...first[of], ...second[of]]);
    const logits = tf.tidy(() => tf.concat([nextLogits(first), nextLogits(second)], 0));
    tf.dispose([first.logits, second.logits]);
    return new PagedState(this.#parts, {
      rows: joinRows(first.rows, second.rows),
      sourceRows: first.sourceRows && second.sourceRows && joinRows(first.sourceRows, second.sourceRows),
      sealed: join("sealed"),
      sources: join("sources"),
      logits,
      last: undefined,
    });
  }

  dispose(): void {
    if (!this.#parts.states.delete(this)) return;
    const { storage, sources } = this.#parts;
    const { rows, sourceRows, logits } = this.#held;
    storage.release(rows);
    if (sourceRows) sources?.release(sourceRows);
    logits.dispose();
  }

  #assertLive(): void {
    if (!this.#parts.states.has(this)) throw consumed();
  }

  #consume(): Held {
    this.#parts.states.delete(this);
    return this.#held;
  }

  #share(rows: Int32Array): PagedState {
    this.#assertLive();
    const count = this.lengths.length;
    if (rows.length === 0 || !rows.every((row) => row >= 0 && row < count))
      throw new ShapeError("model/decode", `rows should be some of 0 … ${count - 1}, got [${rows.join(", ")}]`);
    const { storage, sources } = this.#parts;
    const { sourceRows, sealed, sources: lengths, logits, last } = this.#held;
    const places = last ? rows.map((row) => last[row] as number) : rows;
    return new PagedState(this.#parts, {
      rows: storage.share(this.#held.rows, rows),
      sourceRows: sourceRows && sources?.share(sourceRows, rows),
      sealed: rows.map((row) => sealed[row] as number),
      sources: rows.map((row) => lengths[row] as number),
      logits: tf.tidy(() => tf.gather(logits, tf.tensor1d(places, "int32"))),
      last: undefined,
    });
  }

  #place(ids: Int32Array, counts: Int32Array): NewTokens {
    const { architecture, config } = this.#parts.model;
    const { lengths } = this.#held.rows;
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (counts.length !== lengths.length || total !== ids.length || counts.some((count) => count < 0)) {
      const got = `${ids.length} ids and counts [${counts.join(", ")}]`;
      throw new ShapeError(
        "model/decode",
        `append takes a count for each of ${lengths.length} rows and its ids, got ${got}`,
      );
    }
    const [rows, positions] = [new Int32Array(total), new Int32Array(total)];
    let [next, longest] = [0, 0];
    for (let row = 0; row < counts.length; row++) {
      const start = lengths[row] as number;
      const end = start + (counts[row] as number);
      longest = Math.max(longest, end);
      rows.fill(row, next, next + end - start);
      for (let position = start; position < end; position++) positions[next++] = position;
    }
    checkLength(
      isMerged(config) ? architecture.streams.join(" + ") : predictingStream(this.#parts.model),
      longest,
      config.length,
    );
    const wrong = ids.find((id) => id < 0 || id >= config.vocabulary);
    if (wrong !== undefined)
      throw new ShapeError("model/vocabulary", `ids are from 0 to ${config.vocabulary - 1}, got ${wrong}`);
    return { ids, counts, rows, positions };
  }

  #masks(): Masks {
    const { masks, sealed, sources, sourceRows } = this.#held;
    if (masks) return masks;
    const { model } = this.#parts;
    const { architecture, config } = model;
    const prefixLengths = Array.from(sealed);
    const stream = predictingStream(model);
    const selves = masksOfLayers(config, stream, (window) =>
      isMerged(config)
        ? continuedMask(architecture, { prefixLengths, window }, Array.from(sources))
        : selfMaskOf(architecture, stream)({ prefixLengths, window }),
    );
    return { selves, cross: sourceRows && architecture.crossMask?.({ prefixLengths }) };
  }
}

export const predictingStream = ({ architecture }: Pick<ModelParts, "architecture">): string =>
  architecture.streams.at(-1) as string;

const consumed = (): UnsupportedError =>
  new UnsupportedError("model/decoding-state", "this state was consumed, disposed, or made by another decoder");

interface TokenRun {
  readonly tokens: NewTokens;
  readonly held: Held;
  readonly masks: Masks;
  readonly runs: readonly number[];
}

/** The states of new tokens, `[R, M]`; their keys and values are kept. */
function runTokens(parts: DecoderParts, { tokens, held, masks, runs }: TokenRun): Tensor2D {
  const { model, tree, stack, storage, bidirectional, bias } = parts;
  const { config } = model;
  const positions = [Array.from(tokens.positions)];
  const prefixes = isMerged(config) ? held.sources : held.sealed;
  const prefixAt = (_: number, token: number): number => prefixes[tokens.rows[token] as number] as number;
  const x = embed({ config, tree, stack, ids: tokens.ids, positions, prefixAt });
  const { rows } = held;
  const distinct = [...new Set(masks.selves)];
  const readings = new Map(distinct.map((mask) => [mask, new PageReading({ storage, rows, queries: tokens, mask })]));
  const run: StackRun = {
    config,
    kernel: model.kernel,
    selfMasks: masks.selves,
    queryPositions: positions,
    bidirectional,
    extend(layer, { key, value }) {
      const slots = (tensor: typeof key): Tensor2D => tf.reshape(tensor, [tokens.ids.length, -1]);
      storage.write(layer, { key: slots(key), value: slots(value) }, runs);
      const reading = readings.get(masks.selves[layer] as Mask) as PageReading;
      return { ...storage.read(layer), reading, bias };
    },
    ...crossRun(parts, { tokens, held, masks, runs }),
  };
  return tf.reshape(runStack(stack, x, run), [tokens.ids.length, config.width]) as Tensor2D;
}

function crossRun({ sources }: DecoderParts, { tokens, held, masks }: TokenRun): Pick<StackRun, "cross"> {
  if (!sources || !held.sourceRows || !masks.cross) return {};
  const queries = { rows: tokens.rows, positions: tokens.positions };
  const reading = new PageReading({ storage: sources, rows: held.sourceRows, queries, mask: masks.cross });
  return { cross: { mask: masks.cross, keyValues: (layer) => ({ ...sources.read(layer), reading }) } };
}

interface PickedLogits {
  /** Absent if every row rests. */
  readonly states: Tensor2D | undefined;
  readonly tokens: NewTokens;
  readonly held: Held;
  readonly wanted: "last" | "all";
}

/** The logits of new tokens, and for rows that rest those that they had. */
function pickLogits({ model, tree }: DecoderParts, { states, tokens, held, wanted }: PickedLogits): Tensor2D {
  if (!states) return nextLogits(held);
  const { counts } = tokens;
  const ends = Int32Array.from(lastOfTokens(counts));
  const everyToken = wanted === "all" || counts.every((count) => count === 1);
  const picked = everyToken
    ? states
    : (tf.gather(
        states,
        tf.tensor1d(
          ends.filter((_, row) => counts[row]),
          "int32",
        ),
      ) as Tensor2D);
  const logits = readOut(model.config, tree, picked);
  if (!counts.includes(0)) return logits;
  const before = held.logits.shape[0];
  let next = before;
  const places = Array.from(counts).flatMap((count, row) => {
    if (count === 0) return [held.last?.[row] ?? row];
    return Array.from({ length: wanted === "all" ? count : 1 }, () => next++);
  });
  return tf.gather(tf.concat([held.logits, logits], 0), tf.tensor1d(places, "int32")) as Tensor2D;
}

/** What each row predicts next, `[B, V]`. */
const nextLogits = ({ logits, last }: Held): Tensor2D =>
  last ? (tf.gather(logits, tf.tensor1d(last, "int32")) as Tensor2D) : logits.clone();

/** The index of each row's last token, where tokens stand side by side; of rows without any, that of the one before. */
export function lastOfTokens(counts: ArrayLike<number>): Int32Array {
  let end = 0;
  return Int32Array.from(counts, (count) => {
    end += count;
    return end - 1;
  });
}

const lastOfEach = (counts: Int32Array): Int32Array => lastOfTokens(counts.map((count) => Math.max(1, count)));
