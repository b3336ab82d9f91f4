import type { ModelInput } from "@trivium/features";
import type { Tensor2D } from "@trivium/tensor";

/** The logits that a pass is to give. */
export interface AppendOptions {
  /** The logits of each row's last token, or of every token. Default `"last"`. */
  readonly logits?: "last" | "all" | undefined;
  /** Whether the pass gives the states of its tokens, too. Default false. */
  readonly states?: boolean | undefined;
}

/** Runs prompts, and holds the keys and values of all states that come of them. */
export interface Decoder {
  /**
   * Runs prompts once and keeps their keys and values. For a single stream a prompt is its row; for an encoder–decoder it
   * is the source and the target so far. The prefix is sealed: it was seen whole, in both directions, and nothing that is
   * appended joins it. An encoder's keys are computed here alone.
   *
   * @throws {ShapeError} `model/prompt` if a row is empty; what `logits` of the model throws.
   * @throws {UnsupportedError} `model/packed-prompt` if rows are packed, `model/decoding-state` if the decoder was
   *   disposed.
   */
  prefill(input: ModelInput, options?: AppendOptions): DecodingState;
  /** Positions of a page, pages that no state holds, and pages in all. */
  readonly pages: { readonly size: number; readonly free: number; readonly total: number };
  /** Bytes of keys and values that were moved so far: by the growth of their storage. */
  readonly bytesCopied: number;
  /** Frees keys and values, and the logits of all states. May be called twice. */
  dispose(): void;
}

/**
 * The rows of a batch that is being decoded, and what each one predicts next. A value with one owner: `append`,
 * `select` and `join` consume states and return the next one.
 *
 * A row's arithmetic does not depend on the rows beside it, except for matrix products of libraries that sum in another
 * order for another number of rows.
 */
export interface DecodingState {
  /** Tokens of the predicting stream of each row, `[B]`. */
  readonly lengths: Int32Array;
  /** Positions of each row's prefix, which was seen whole, `[B]`. */
  readonly sealed: Int32Array;
  /** Tokens of each row's source, where there is a stream before the predicting one; else 0, `[B]`. */
  readonly sources: Int32Array;
  /**
   * `[B, V]`: what each row predicts next. After a pass with `logits: "all"` those of every token that was run, row by
   * row, where a row that rested has the one that it had. Belongs to the state.
   */
  readonly logits: Tensor2D;
  /**
   * `[R, M]`: the states that the head reads, of every token that the pass ran, row by row; where the pass was asked for
   * them. Belongs to the state. A state that `select`, `fork` or `join` makes has none.
   */
  readonly states?: Tensor2D | undefined;
  /**
   * Runs `counts[row]` new tokens of each row, row by row in `ids`; a row with a count of 0 rests and keeps its logits.
   * Consumes this state.
   *
   * @throws {ShapeError} `model/decode` if counts and rows or ids differ in number, `model/vocabulary` if an id is not in
   *   the vocabulary, `model/length` if a row is full. Nothing is consumed then.
   * @throws {UnsupportedError} `attention/sealed-prefix` if a position that is held should have seen a new one,
   *   `model/decoding-state` if this state was consumed or disposed before.
   */
  append(ids: Int32Array, counts: Int32Array, options?: AppendOptions): DecodingState;
  /**
   * The rows of these indices, in that order and as often as they are named: rows that have ended leave, beams follow one
   * another. Moves no keys. Consumes this state.
   *
   * @throws {ShapeError} `model/decode` if there is no such row, or none is named.
   */
  select(rows: Int32Array): DecodingState;
  /**
   * A second state with each row `count` times, side by side: several continuations of one prompt. This one stays.
   *
   * @throws {ShapeError} `model/decode` if the count is not a positive integer.
   */
  fork(count: number): DecodingState;
  /**
   * The rows of this state and those of another one of the same decoder behind them. Consumes both.
   *
   * @throws {UnsupportedError} `model/decoding-state` if the other state is of another decoder, or this one.
   */
  join(other: DecodingState): DecodingState;
  /** Lets go of the rows. May be called twice. */
  dispose(): void;
}
