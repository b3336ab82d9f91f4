import type { GradFunc, KernelConfig, NamedAttrMap, NamedTensorMap } from "@tensorflow/tfjs-core";
import { UnsupportedError } from "@trivium/core";
import { type Tensor, tf } from "../tf.ts";
import type { FusedAttributes, FusedInputs, FusedKernel, FusedOutputs, FusedSaved } from "./fused-kernel.ts";

/** The gradients of a kernel's inputs, each computed when it is asked for. */
type InputGradients<Kernel extends FusedKernel> = Kernel["inputs"] extends "float32[]"
  ? Readonly<Record<number, () => Tensor>>
  : { readonly [Name in keyof Kernel["inputs"]]?: () => Tensor };

/** The two sides of a fused op: composed tfjs ops, and the gradient of the kernel. */
export interface FusedOp<Kernel extends FusedKernel> {
  /**
   * The same mathematics in tfjs ops, differentiated by tfjs: the fallback of backends without the kernel, and the oracle
   * of every kernel. It returns the outputs that have gradients. An op without it needs the kernel.
   */
  readonly composed?:
    | ((inputs: FusedInputs<Kernel, Tensor>, attributes: FusedAttributes<Kernel>) => Tensor | Tensor[])
    | undefined;
  /** The gradient of the kernel, from the gradients of its outputs and from what the kernel's data says it saves. */
  readonly backward?:
    | ((
        dys: FusedOutputs<Kernel, Tensor>,
        saved: FusedSaved<Kernel, Tensor>,
        attributes: FusedAttributes<Kernel>,
      ) => InputGradients<Kernel>)
    | undefined;
}

/**
 * Makes the function of a fused op: it runs the active backend's kernel if there is one, and the composed ops otherwise.
 *
 * @param kernel - of `fusedKernels`, or of your own.
 * @throws {UnsupportedError} `tensor/no-kernel`, when it runs, if there are neither kernel nor composed ops.
 */
export function defineFusedOp<const Kernel extends FusedKernel>(
  kernel: Kernel,
  { composed, backward }: FusedOp<NoInfer<Kernel>>,
): (inputs: FusedInputs<Kernel, Tensor>, attributes: FusedAttributes<Kernel>) => FusedOutputs<Kernel, Tensor> {
  if (backward && !tf.getGradient(kernel.name)) registerGradient(kernel, backward);
  return (inputs, attributes) => {
    if (hasFusedKernel(kernel)) return runFused(kernel, inputs, attributes);
    if (composed === undefined) throw lacksKernel(kernel);
    const outputs = tf.tidy(() => composed(inputs, attributes));
    return [outputs].flat() as FusedOutputs<Kernel, Tensor>;
  };
}

/** Runs a fused kernel of the active backend, which must have it. */
export function runFused<const Kernel extends FusedKernel>(
  kernel: Kernel,
  inputs: FusedInputs<NoInfer<Kernel>, Tensor>,
  attributes: FusedAttributes<NoInfer<Kernel>>,
): FusedOutputs<Kernel, Tensor> {
  const outputs = tf.engine().runKernel(kernel.name, given(inputs), attributes as unknown as NamedAttrMap);
  return [outputs].flat() as FusedOutputs<Kernel, Tensor>;
}

/** Whether the active backend has a kernel. */
export function hasFusedKernel({ name }: FusedKernel): boolean {
  return (tf.getKernel(name, tf.getBackend()) as KernelConfig | undefined) != null;
}

/** The inputs that there are: the tape reads every one. A list stays one, and tfjs saves all of it only then. */
function given(inputs: Readonly<Record<string, Tensor | undefined>> | readonly Tensor[]): NamedTensorMap {
  if (Array.isArray(inputs)) return inputs as unknown as NamedTensorMap;
  const present: NamedTensorMap = {};
  for (const [name, input] of Object.entries(inputs)) if (input !== undefined) present[name] = input;
  return present;
}

function registerGradient<Kernel extends FusedKernel>(
  kernel: Kernel,
  backward: NonNullable<FusedOp<Kernel>["backward"]>,
): void {
  const { name, inputs, outputs, gradient } = kernel;
  const { of, saves } = gradient ?? { of: "outputs", saves: "inputs" };
  const outputNames = outputs === "float32[]" ? [] : outputs.map((output) => output.replace("?", ""));
  const isSaved = (one: string): boolean => saves !== "inputs" && saves.includes(one);
  const savedInputs = inputs === "float32[]" ? [] : Object.keys(inputs).filter(isSaved);
  const savedNames = [...savedInputs, ...outputNames.filter(isSaved)];
  const gradFunc: GradFunc = (dys, saved, attributes) => {
    const read = saves === "inputs" ? saved : Object.fromEntries(savedNames.map((one, index) => [one, saved[index]]));
    return backward(
      [dys].flat() as FusedOutputs<Kernel, Tensor>,
      read as FusedSaved<Kernel, Tensor>,
      attributes as unknown as FusedAttributes<Kernel>,
    ) as Record<string, () => Tensor>;
  };
  const outputsToSave = outputNames.map(isSaved);
  if (saves === "inputs") tf.registerGradient({ kernelName: name, saveAllInputs: true, outputsToSave, gradFunc });
  else tf.registerGradient({ kernelName: name, inputsToSave: savedInputs, outputsToSave, gradFunc });
  differentiableOutputs.set(name, of === "outputs" ? Number.POSITIVE_INFINITY : of.length);
}

const differentiableOutputs = new Map<string, number>();

/**
 * Whether an output of a kernel is a statistic, without a gradient. tfjs would make zeros of its size and hand them to
 * the gradient function, which has no use for them.
 */
export const isStatistic = (kernelName: string, output: number): boolean =>
  output >= (differentiableOutputs.get(kernelName) ?? Number.POSITIVE_INFINITY);

function lacksKernel({ name }: FusedKernel): UnsupportedError {
  const backend = tf.getBackend();
  return new UnsupportedError(
    "tensor/no-kernel",
    `backend "${backend}" has no kernel "${name}", and there are no composed ops for it; use a backend that has one, as "simd"`,
    { details: { backend, kernel: name } },
  );
}
