import type { GradFunc, KernelConfig, NamedAttrMap, NamedTensorMap } from "@tensorflow/tfjs-core";
import { type Tensor, tf } from "../tf.ts";

/** A fused op: a kernel that a backend may have, and composed ops for the backends that do not. */
export interface FusedOp<Inputs extends NamedTensorMap, Attributes extends NamedAttrMap> {
  /** The tfjs kernel name under which a backend registers it. */
  readonly kernelName: string;
  /** The same mathematics in tfjs ops, differentiated by tfjs: the fallback, and the oracle of every kernel. */
  readonly composed: (inputs: Inputs, attributes: Attributes) => Tensor | Tensor[];
  /** Gradients of the kernel's first output; the kernel's further outputs are statistics saved for it. */
  readonly gradient?: {
    readonly inputsToSave: readonly (keyof Inputs & string)[];
    readonly outputsToSave: readonly boolean[];
    readonly backward: GradFunc;
  };
}

/** A function that runs the backend's kernel if it has one of that name, and the composed ops otherwise. */
export function defineFusedOp<Inputs extends NamedTensorMap, Attributes extends NamedAttrMap>(
  op: FusedOp<Inputs, Attributes>,
): (inputs: Inputs, attributes: Attributes) => Tensor[] {
  const { kernelName, composed, gradient } = op;
  if (gradient && !tf.getGradient(kernelName)) {
    tf.registerGradient({
      kernelName,
      inputsToSave: [...gradient.inputsToSave],
      outputsToSave: [...gradient.outputsToSave],
      gradFunc: gradient.backward,
    });
  }
  return (inputs, attributes) => {
    const outputs = hasKernel(kernelName)
      ? (tf.engine().runKernel(kernelName, inputs, attributes) as Tensor | Tensor[])
      : tf.tidy(() => composed(inputs, attributes));
    return Array.isArray(outputs) ? outputs : [outputs];
  };
}

/** Whether the active backend has a kernel of that name. */
export function hasKernel(kernelName: string): boolean {
  return (tf.getKernel(kernelName, tf.getBackend()) as KernelConfig | undefined) != null;
}
