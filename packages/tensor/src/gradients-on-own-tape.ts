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
    // A gradient of a gradient reads the inner tape's saved tensors once more.
    if (state.gradientDepth > 1) return run();
    const value = savingLightly(run);
    if (state.activeTape) releaseBehind(state.activeTape);
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

/**
 * Runs a function whose ops save tensors for their gradients without an op for each one.
 *
 * tfjs saves a clone, which is a kernel call and a node of the tape: half of all nodes. Here it is another reference to
 * the same data that stands for the same tensor, so that gradients of gradients need no node either.
 */
function savingLightly<T>(run: () => T): T {
  const engine = tf.engine();
  if (Object.hasOwn(engine, "clone")) return run();
  const clone = ({ shape, dtype, dataId, id }: Tensor): Tensor => {
    const reference = new tf.Tensor(shape, dtype, dataId, id);
    engine.incRef(reference, engine.backend);
    return reference;
  };
  Object.assign(engine, { clone });
  try {
    return run();
  } finally {
    Reflect.deleteProperty(engine, "clone");
  }
}
