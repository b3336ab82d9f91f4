import { assertSealed, joinRows, type KeyValuePages, type PageRows } from "@trivium/attention";
import { ShapeError, UnsupportedError } from "@trivium/core";
import { type Tensor2D, tf } from "@trivium/tensor";
import { selfMaskOf } from "./architecture.ts";
import { checkLength } from "./check-input.ts";
import type { AppendOptions, DecodingState } from "./decoder.ts";
import type { NewTokens } from "./decoder-parts.ts";
import { continuedMask } from "./merged-mask.ts";
import { isMerged } from "./resolve-config.ts";
import {
  gatherRows,
  type Held,
  lastOfTokens,
  type Masks,
  nextLogits,
  pickLogits,
  predictingStream,
  type RunningDecoder,
  runTokens,
} from "./run-tokens.ts";
import { masksOfLayers } from "./stream-layout.ts";

/** A state over the pages of its decoder. */
export class PagedState implements DecodingState {
  readonly #parts: RunningDecoder;
  readonly #held: Held;
  readonly lengths: Int32Array;
  readonly sealed: Int32Array;
  readonly sources: Int32Array;
  readonly logits: Tensor2D;
  readonly states: Tensor2D | undefined;

  constructor(parts: RunningDecoder, held: Held) {
    this.#parts = parts;
    this.#held = held;
    const { lengths } = held.rows[0] as PageRows;
    const isOneText = isMerged(parts.model.config);
    this.lengths = isOneText ? lengths.map((length, row) => length - (held.sources[row] as number)) : lengths;
    this.sealed = held.sealed;
    this.sources = held.sources;
    this.logits = held.logits;
    this.states = held.states;
    parts.states.add(this);
  }

  append(
    ids: Int32Array,
    counts: Int32Array,
    { logits: wanted = "last", states: keeps = false }: AppendOptions = {},
  ): DecodingState {
    this.#assertLive();
    const tokens = this.#place(ids, counts);
    const masks = this.#masks();
    const [own, ...others] = this.#held.rows as [PageRows, ...PageRows[]];
    for (const mask of new Set(masks.selves)) assertSealed(mask, own.lengths, counts);
    const held = this.#consume();
    const { rows, runs } = this.#parts.storages[0].extend(own, counts);
    held.states?.dispose();
    const next: Held = { ...held, rows: [rows, ...others], masks, states: undefined };
    try {
      const { logits, states } = tf.tidy(() => {
        const run = { tokens, held: next, masks, runs, wanted, keeps };
        const results = ids.length > 0 ? runTokens(this.#parts, run) : undefined;
        return {
          logits: pickLogits(this.#parts, { results, tokens, held, wanted }),
          states: keeps ? results?.states : undefined,
        };
      });
      held.logits.dispose();
      const last = wanted === "all" ? lastOfEach(counts) : undefined;
      return new PagedState(this.#parts, { ...next, logits, states, last });
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
    for (const { logits: own, states } of [first, second]) tf.dispose(states ? [own, states] : own);
    return new PagedState(this.#parts, {
      rows: first.rows.map((rows, at) => joinRows(rows, second.rows[at] as PageRows)),
      sealed: join("sealed"),
      sources: join("sources"),
      logits,
      last: undefined,
    });
  }

  dispose(): void {
    if (!this.#parts.states.delete(this)) return;
    for (const [at, rows] of this.#held.rows.entries()) this.#parts.storages[at]?.release(rows);
    this.logits.dispose();
    this.states?.dispose();
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
    const { rows: held, logits, last } = this.#held;
    const of = (values: Int32Array) => rows.map((row) => values[row] as number);
    return new PagedState(this.#parts, {
      rows: held.map((pages, at) => (this.#parts.storages[at] as KeyValuePages).share(pages, rows)),
      sealed: of(this.sealed),
      sources: of(this.sources),
      logits: tf.tidy(() => gatherRows(logits, last ? of(last) : rows)),
      last: undefined,
    });
  }

  #place(ids: Int32Array, counts: Int32Array): NewTokens {
    const { architecture, config } = this.#parts.model;
    const { lengths } = this.#held.rows[0] as PageRows;
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (counts.length !== lengths.length || total !== ids.length || counts.some((count) => count < 0)) {
      const wanted = `append takes a count for each of ${lengths.length} rows and its ids`;
      const got = `${ids.length} ids and counts [${counts.join(", ")}]`;
      throw new ShapeError("model/decode", `${wanted}, got ${got}`);
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
    const read = isMerged(config) ? architecture.streams : architecture.streams.slice(-1);
    checkLength(read.join(" + "), longest, config.length);
    const wrong = ids.find((id) => id < 0 || id >= config.vocabulary);
    if (wrong !== undefined)
      throw new ShapeError("model/vocabulary", `ids are from 0 to ${config.vocabulary - 1}, got ${wrong}`);
    return { ids, counts, rows, positions };
  }

  #masks(): Masks {
    if (this.#held.masks) return this.#held.masks;
    const { model } = this.#parts;
    const { architecture, config } = model;
    const prefixLengths = Array.from(this.sealed);
    const stream = predictingStream(model);
    const selves = masksOfLayers(config, stream, (window) =>
      isMerged(config)
        ? continuedMask(architecture, { prefixLengths, window }, Array.from(this.sources))
        : selfMaskOf(architecture, stream)({ prefixLengths, window }),
    );
    return { selves, cross: architecture.crossMask?.({ prefixLengths }) };
  }
}

const consumed = (): UnsupportedError =>
  new UnsupportedError("model/decoding-state", "this state was consumed, disposed, or made by another decoder");

const lastOfEach = (counts: Int32Array): Int32Array => lastOfTokens(counts.map((count) => Math.max(1, count)));
