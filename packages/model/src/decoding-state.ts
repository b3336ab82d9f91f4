import { assertSealed, joinRows } from "@trivium/attention";
import { ShapeError, UnsupportedError } from "@trivium/core";
import { type Tensor2D, tf } from "@trivium/tensor";
import { selfMaskOf } from "./architecture.ts";
import { checkLength } from "./check-input.ts";
import type { AppendOptions, DecodingState } from "./decoder.ts";
import { continuedMask } from "./merged-mask.ts";
import { isMerged } from "./resolve-config.ts";
import {
  type DecoderParts,
  type Held,
  lastOfTokens,
  type Masks,
  type NewTokens,
  nextLogits,
  pickLogits,
  predictingStream,
  runTokens,
} from "./run-tokens.ts";
import { masksOfLayers } from "./stream-layout.ts";

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

const consumed = (): UnsupportedError =>
  new UnsupportedError("model/decoding-state", "this state was consumed, disposed, or made by another decoder");

const lastOfEach = (counts: Int32Array): Int32Array => lastOfTokens(counts.map((count) => Math.max(1, count)));
