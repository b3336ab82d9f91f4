import type { Pointer } from "../pointer.ts";

/** Attention and its gradients. */
export interface AttentionKernels {
  /** Bytes of scratch that one running `attentionForward` needs, for heads of that width and that many queries in a block. */
  attentionForwardScratchBytes(width: number, blockQueries: number): number;

  /** Bytes of scratch that one running `attentionBackward` needs. */
  attentionBackwardScratchBytes(width: number, blockQueries: number): number;

  /**
   * Attention, `softmax(q·kᵀ·scale + bias)·v` over the keys that a plan shows, and its log-sum-exp (0 for a query that
   * sees nothing, whose output is 0).
   *
   * @param problem - everything that it works on, as `writeProblem` writes it: some forty addresses, steps and sizes.
   * @param scratch - `attentionForwardScratchBytes` bytes of this thread alone.
   * @param start - query block, counted over `B·H`.
   */
  attentionForward(problem: Pointer, scratch: Pointer, start: number, end: number): void;

  /**
   * The gradients of `attentionForward`, of keys and values summed in each part apart.
   *
   * @param problem - as for the forward pass. @param scratch - `attentionBackwardScratchBytes` bytes of this thread alone.
   * @param start - part of the query blocks, counted over `B·G`.
   */
  attentionBackward(problem: Pointer, scratch: Pointer, start: number, end: number): void;
}
