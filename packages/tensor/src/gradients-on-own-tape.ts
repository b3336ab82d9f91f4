import { releaseBehind } from "./release-behind.ts";
import { type Tensor, tf } from "./tf.ts";

/** A value and its gradients; undefined where the value does not depend on a tensor. */
export interface TapedGradients {
  readonly value: Tensor;
  readonly gradients: readonly (Tensor | undefined)[];
}

/**
 * Gradients of `⟨run(), dy⟩` with respect to tensors, also where gradients are being taken already: within a gradient
 * function.
 *
 * tfjs has one tape. A first-order gradient starts a new one and drops it at its end; the tape around it is put back
 * here, so that its ops can still be gone through and what they saved be freed. If `run` throws, what the inner tape saved
 * is freed too.
 *
 * @param dy - the gradient of the value, consumed. Default: ones.
 */
export function gradientsOnOwnTape(run: () => Tensor, tensors: Tensor[], dy?: Tensor): TapedGradients {
  const engine = tf.engine();
  const { state } = engine;
  const outer = state.activeTape;
  const record = () => {
    const value = run();
    // A gradient of a gradient reads the inner tape's saved tensors once more.
    if (state.activeTape && state.gradientDepth === 1) releaseBehind(state.activeTape);
    return value;
  };
  try {
    const { value, grads } = engine.gradients(record, tensors, dy, true);
    return { value, gradients: grads as (Tensor | undefined)[] };
  } finally {
    // A gradient of a gradient goes on recording on the tape around it.
    const left: typeof outer | null = state.activeTape;
    if (left && left !== outer) for (const { saved = [] } of left) tf.dispose(saved);
    state.activeTape = outer;
  }
}
