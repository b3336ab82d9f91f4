import type { GradFunc, KernelConfig, NamedAttrMap, NamedTensorMap } from "@tensorflow/tfjs-core";
import { type Tensor, tf } from "../tf.ts";

/** A fused op: a kernel that a backend may have, and composed ops for the backends that do not. */
export interface FusedOp<Inputs extends NamedTensorMap, Attributes extends NamedAttrMap> {
  /** The tfjs kernel name under which a backend registers it. */
  readonly kernelName: string;
  /** The same mathematics in tfjs ops, differentiated by tfjs: the fallback, and the oracle of every kernel. */
  readonly composed: (inputs: Inputs, attributes: Attributes) => Tensor | Tensor[];
  readonly gradient?: {
    /** How many of the kernel's outputs have gradients; further ones are statistics saved for them. Default 1. */
    readonly differentiable?: number;
    /** By name, or all of them where the inputs are an array. */
    readonly inputsToSave: readonly (keyof Inputs & string)[] | "all";
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
      ...(gradient.inputsToSave === "all" ? { saveAllInputs: true } : { inputsToSave: [...gradient.inputsToSave] }),
      outputsToSave: [...gradient.outputsToSave],
      gradFunc: gradient.backward,
    });
    declareStatistics(kernelName, gradient.differentiable ?? 1);
  }
  return (inputs, attributes) => {
    const outputs = hasKernel(kernelName)
      ? (tf.engine().runKernel(kernelName, inputs, attributes) as Tensor | Tensor[])
      : tf.tidy(() => composed(inputs, attributes));
    return Array.isArray(outputs) ? outputs : [outputs];
  };
}

const differentiableOutputs = new Map<string, number>();

/**
 * Says how many of a kernel's outputs have gradients. tfjs would make zeros of the size of every other one and hand
 * them to the gradient function, which has no use for them.
 */
export function declareStatistics(kernelName: string, differentiable: number): void {
  differentiableOutputs.set(kernelName, differentiable);
}

/** Whether an output of a kernel is a statistic, without a gradient. */
export const isStatistic = (kernelName: string, output: number): boolean =>
  output >= (differentiableOutputs.get(kernelName) ?? Number.POSITIVE_INFINITY);

/** Whether the active backend has a kernel of that name. */
export function hasKernel(kernelName: string): boolean {
  return (tf.getKernel(kernelName, tf.getBackend()) as KernelConfig | undefined) != null;
}
