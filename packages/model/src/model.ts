import type { Random } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import type { FactoredHead, ParameterTree, SpecTree, Tensor2D, Tensor3D } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import type { ModelConfig } from "./config.ts";

/** The states of one stream between its layers. */
export interface LayerStates {
  readonly stream: string;
  /** Number of layers that the states have gone through: 0 for embeddings, N before the last norm. */
  readonly layer: number;
  /** `[B, L, M]`; belongs to the pass and is gone after it. */
  readonly states: Tensor3D;
}

/** Options of one forward pass. */
export interface ForwardOptions {
  /** Seed of dropout, which is off without one. The seed and the place in the model decide which elements drop. */
  readonly dropoutSeed?: string | undefined;
  /**
   * Whether each layer keeps only what goes into it and is run again in the backward pass: less memory, more time, the
   * same gradients to the bit. Also called activation checkpointing; it has nothing to do with checkpoints of a run.
   */
  readonly checkpointing?: boolean | undefined;
  /**
   * Receives the states of every stream before its first layer and after each. The pass goes on with the states that it
   * returns, of the same shape, if any (activation patching, gradients with respect to states).
   */
  readonly onStates?: ((observed: LayerStates) => Tensor3D | undefined) | undefined;
}

/**
 * A model: parameters by name, and final states whose product with a head are logits. It holds no parameters; every
 * method takes them.
 *
 * @typeParam Input - a batch of rows: `ModelInput` for token ids, `VectorInput` for vectors.
 */
export interface Model<Input> {
  /** Name, shape and initial distribution of each parameter. */
  readonly specs: SpecTree;
  /** V, the number of logits at a position. */
  readonly vocabulary: number;
  /** The longest row of any stream, in tokens. */
  readonly length: number;
  /** The streams of an input, in the order in which they run. The last one predicts. */
  readonly streams: readonly string[];
  /** Draws fresh parameters, the same for the same stream of random numbers. */
  createParameters(random: Random): ParameterTree;
  /**
   * Runs the streams and returns the states of the predicting one at every position, as the head takes them.
   *
   * @returns `[R, M]`, row after row: `R` is the number of rows times their length.
   * @throws {ShapeError} `model/length` if a row is longer than the model, `model/streams` if a stream is missing,
   *   `model/vocabulary` if an id is not in the vocabulary, `model/input`, `model/documents` or `model/vectors` if sizes
   *   disagree.
   */
  states(parameters: ParameterTree, input: Input, options?: ForwardOptions): Tensor2D;
  /** Returns the map from states to logits. Its tensors are the parameters' own. */
  readOut(parameters: ParameterTree): FactoredHead;
}

/** The caches of a batch of sequences that is being decoded, and what each row predicts next. */
export interface DecodingState {
  /** `[B, V]`: the logits of the next token of each row. */
  readonly logits: Tensor2D;
  /** How many tokens have been decoded since the prefill. */
  readonly decoded: number;
  dispose(): void;
}

/** An architecture at one configuration: a model of token ids that can decode. */
export interface LanguageModel extends Model<ModelInput> {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  /**
   * Runs the prompt once and keeps keys and values. For a single stream the prompt is its row (source and SEP); for an
   * encoder–decoder it is the source and the target so far (at first the begin-of-sequence id). The prefix is sealed:
   * it was seen whole, in both directions, and nothing decoded afterwards joins it.
   *
   * @throws {ShapeError} `model/prompt` if a row is empty; what `states` throws.
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
