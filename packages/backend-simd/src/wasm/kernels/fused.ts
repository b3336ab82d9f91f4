import type { Pointer } from "../pointer.ts";

/** Kernels that fuse what tfjs does in several ops. */
export interface FusedKernels {
  /**
   * `y[i] = f(x[i])` and, unless `slope` is offset 0, `slope[i] = f′(x[i])`, float32; `code` from `activationCodes`.
   * The outputs may be the input. Range: elements.
   */
  activation(code: number, x: Pointer, y: Pointer, slope: Pointer, start: number, end: number): void;

  /**
   * `losses[r] = w·((1 − s)·(lse − x[t]) + s·(lse − mean(x)) + zLoss·lse²)` and `logSumExp[r] = lse`, of logits
   * `x [R, columns]`, int32 targets `t [R]` and weights `w [R]`. A row of weight 0 gives exactly 0 in both, whatever
   * it holds, its target too. Range: rows.
   *
   * @returns the first row in the range whose target lies outside `[0, columns)` (it is left unwritten), else −1.
   */
  softmaxCrossEntropy(
    logits: Pointer,
    targets: Pointer,
    weights: Pointer,
    losses: Pointer,
    logSumExp: Pointer,
    columns: number,
    labelSmoothing: number,
    zLoss: number,
    start: number,
    end: number,
  ): number;

  /** Gradient of `softmaxCrossEntropy` to the logits, exactly 0 in rows of weight 0; returns as it does. Range: rows. */
  softmaxCrossEntropyGradient(
    dLosses: Pointer,
    logits: Pointer,
    targets: Pointer,
    weights: Pointer,
    logSumExp: Pointer,
    dLogits: Pointer,
    columns: number,
    labelSmoothing: number,
    zLoss: number,
    start: number,
    end: number,
  ): number;

  /**
   * Takes in logits `[R, columns]` of the ids from `first` on: what is known of each row of a weight other than 0, four
   * floats, its greatest logit, `Σ exp(logit − greatest)`, the target's logit and, with label smoothing, `Σ logit`, is set
   * by the chunk of `first` 0 and extended by the others. Range: rows.
   *
   * @param statistics - `[R, 4]` float32, written.
   */
  crossEntropyChunk(
    logits: Pointer,
    targets: Pointer,
    weights: Pointer,
    statistics: Pointer,
    first: number,
    columns: number,
    labelSmoothing: number,
    start: number,
    end: number,
  ): void;

  /** The outputs of `softmaxCrossEntropy` from what the chunks of a vocabulary left in `statistics`. Range: rows. */
  crossEntropyOfChunks(
    statistics: Pointer,
    weights: Pointer,
    losses: Pointer,
    logSumExp: Pointer,
    vocabulary: number,
    labelSmoothing: number,
    zLoss: number,
    start: number,
    end: number,
  ): void;

  /**
   * Puts the gradient to the logits `[R, columns]` of the ids from `first` on in their place: `softmaxCrossEntropyGradient`
   * of a part of the vocabulary. Range: rows.
   */
  crossEntropyChunkGradient(
    dLosses: Pointer,
    logits: Pointer,
    targets: Pointer,
    weights: Pointer,
    logSumExp: Pointer,
    first: number,
    columns: number,
    vocabulary: number,
    labelSmoothing: number,
    zLoss: number,
    start: number,
    end: number,
  ): void;

  /**
   * `y[i] = hash(seed, i) ≥ threshold ? x[i]·scale : 0`, unsigned; `threshold = ⌊rate·2³²⌋`, `scale = 1/(1 − rate)`.
   * The hash is `dropoutHash` of `@trivium/tensor`, bit for bit. Range: elements.
   */
  dropout(x: Pointer, y: Pointer, seed: number, threshold: number, scale: number, start: number, end: number): void;

  /**
   * One AdamW step of `count` (at least 1) parameters: `g = gradient·gradientScale`, `m′ = β₁m + (1−β₁)g`,
   * `v′ = β₂v + (1−β₂)g²`, `p′ = p·decay − learningRate·(m′/correction1)/(√(v′/correction2) + ε)`.
   *
   * A block is `block` elements of one parameter, its last one perhaps fewer; blocks are counted over all parameters.
   * Range: blocks.
   *
   * @param table - for each parameter ten words: the addresses of p, g, m, v, p′, m′, v′ (which may be those of p, m, v),
   *   its first block, its length, and as float32 its decay, `1 − learningRate·weightDecay`.
   */
  adamW(
    table: Pointer,
    count: number,
    block: number,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    correction1: number,
    correction2: number,
    gradientScale: number,
    start: number,
    end: number,
  ): void;

  /**
   * `sums[b] = Σ x²` over block `b`, of `count` (at least 1) tensors in blocks as `adamW` has them. Range: blocks.
   *
   * @param table - for each tensor three words: its address, its first block, its length.
   */
  squaredNorms(table: Pointer, count: number, block: number, sums: Pointer, start: number, end: number): void;
}
