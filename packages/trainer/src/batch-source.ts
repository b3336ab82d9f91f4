import type { Batch } from "@trivium/features";

/**
 * Where batches come from: a pure function of the step, so that a resumed run needs nothing but the step to go on with
 * the same data.
 */
export interface BatchSource {
  /**
   * The micro-batches of a step, at least one; their gradients are added up.
   *
   * @param step - counted from 0.
   */
  batches(step: number): readonly Batch[];
}
