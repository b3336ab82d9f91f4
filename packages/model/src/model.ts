import type { Random } from "@trivium/core";
import type { ModelInput } from "@trivium/features";

import type { FactoredLogits, ParameterTree, SpecTree, Tensor2D, Tensor3D } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import type { ModelConfig } from "./config.ts";

/** The states of one stream between its layers. */
export interface LayerStates {
  readonly stream: string;
  /** How many layers they have gone through: 0 for embeddings, N before the last norm. */
  readonly layer: number;
  /** `[B, L, M]`; belongs to the pass and is gone after it. */
  readonly states: Tensor3D;
}

export interface ForwardOptions {
  /** Turns dropout on: the seed decides, with the place in the model, which elements drop. Give one seed a step. */
  readonly dropoutSeed?: string | undefined;
  /**
   * Whether each layer keeps only what goes into it and is run again in the backward pass: less memory, more time, the
   * same gradients to the bit. Also called activation checkpointing; it has nothing to do with checkpoints of a run.
   */
  readonly checkpointing?: boolean;
  /**
   * Called with the states of every stream before its first layer and after each: to look at them, or to go on with
   * others of the same shape, which it returns (activation patching, gradients with respect to states).
   */
  readonly onStates?: (observed: LayerStates) => Tensor3D | undefined;
}

/** The caches of a batch of sequences that is being decoded, and what each row predicts next. */
export interface DecodingState {
  /** `[B, V]`: the logits of the next token of each row. */
  readonly logits: Tensor2D;
  /** How many tokens have been decoded since the prefill. */
  readonly decoded: number;
  dispose(): void;
}

/** The logits of a model, and their factors: who gives a model other logits gives it other factors, or none. */
export interface LogitsFunction {
  /**
   * Logits of the predicting stream at every position.
   *
   * @returns `[B, L, V]`.
   * @throws {ShapeError} `model/length` if a row is longer than the configuration allows, `model/streams` if one is missing,
   *   `model/vocabulary` if an id is not in the vocabulary, `model/input` or `model/documents` if sizes disagree.
   */
  (parameters: ParameterTree, input: ModelInput, options?: ForwardOptions): Tensor3D;
  /** The same as states `[B·L, M]` and head, not multiplied; absent where logits are no such product. */
  readonly factors?: (parameters: ParameterTree, input: ModelInput, options?: ForwardOptions) => FactoredLogits;
}

/** A model: an architecture at one configuration. It holds no parameters; every method takes them. */
export interface Model {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  /** Name, shape and initialisation of each parameter. */
  readonly specs: SpecTree;
  /** Fresh parameters after the initialisation that the configuration names. */
  createParameters(random: Random): ParameterTree;
  readonly logits: LogitsFunction;
  /**
   * Runs the prompt once and keeps keys and values. For a single stream the prompt is its row (source and SEP); for an
   * encoder–decoder it is the source and the target so far (at first the begin-of-sequence id). The prefix is sealed:
   * it was seen whole, in both directions, and nothing decoded afterwards joins it.
   *
   * @throws {ShapeError} `model/prompt` if a row is empty; what `logits` throws.
   * @throws {UnsupportedError} `model/packed-prompt` if rows are packed.
   */
  prefill(parameters: ParameterTree, input: ModelInput): DecodingState;
  /**
   * Appends one token to each row; consumes `state` and returns the next one.
   *
   * @param ids - one for each row; `null` for a row that rests, whose further logits mean nothing.
   * @throws {ShapeError} `model/decode` if there are not as many ids as rows, `model/length` if a row is full.
   * @throws {UnsupportedError} `model/decoding-state` if the state was consumed or disposed before.
   */
  decode(parameters: ParameterTree, state: DecodingState, ids: readonly (number | null)[]): DecodingState;
  /**
   * The state of some of its rows, in that order and as often as they are named: rows that have ended leave the batch,
   * beams follow one another. Consumes `state`.
   *
   * @throws {ShapeError} `model/decode` if there is no such row, or none is named.
   * @throws {UnsupportedError} `model/decoding-state` if the state was consumed or disposed before.
   */
  reorder(state: DecodingState, rows: readonly number[]): DecodingState;
}
