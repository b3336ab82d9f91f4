import type { AttentionKernel } from "@trivium/attention";
import type { Random } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import type { FactoredHead, ParameterTree, SpecTree, Tensor2D, Tensor3D } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import type { ModelConfig } from "./config.ts";
import type { Decoder } from "./decoder.ts";

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
   * Runs each layer again in the backward pass, so that it keeps only what goes into it: less memory, more time, the
   * same gradients to the bit. Also called activation checkpointing; it has nothing to do with checkpoints of a run.
   */
  readonly recompute?: boolean | undefined;
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

/** An architecture at one configuration: a model of token ids that can decode. */
export interface LanguageModel extends Model<ModelInput> {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly attention: AttentionKernel;
  /**
   * A decoder of this model with these parameters, which stay the caller's and must outlive it.
   *
   * @example model.decoder(parameters).prefill(prompts).append(ids, counts).logits
   */
  decoder(parameters: ParameterTree): Decoder;
}
