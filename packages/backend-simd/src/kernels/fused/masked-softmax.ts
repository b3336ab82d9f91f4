import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";

interface Steps {
  readonly batch: number;
  readonly head: number;
}

/** Elements to step per batch and per head of `[B or 1, H or 1, Q, K]`, 0 where it repeats; undefined if it is no such. */
function stepsOf(shape: readonly number[], full: readonly number[]): Steps | undefined {
  const [b, h, q, k] = shape;
  if (shape.length !== 4 || q !== full[2] || k !== full[3]) return undefined;
  if ((b !== 1 && b !== full[0]) || (h !== 1 && h !== full[1])) return undefined;
  return { batch: b === 1 ? 0 : h! * q! * k!, head: h === 1 ? 0 : q! * k! };
}

const maskedSoftmax: AcceleratedKernel = {
  kernelName: "TriviumMaskedSoftmax",
  run(backend, inputs, { scale }) {
    const [scores, visible] = [inputs.scores as TensorInfo, inputs.visible as TensorInfo];
    const data = backend.floats(scores);
    const shown = backend.numbers(visible, "bool");
    const steps = stepsOf(visible.shape, scores.shape);
    if (!data || !shown || !steps) return undefined;
    const [, heads, queries, keys] = scores.shape as [number, number, number, number];
    const y = backend.allocate(scores.shape, "float32");
    if (data.length === 0) return y;
    const places = [data.address, shown.address, y.address] as const;
    const sizes = [heads, queries, keys, steps.batch, steps.head] as const;
    backend.run("maskedSoftmax", data.length / keys, ...places, ...sizes, scale as number);
    return y;
  },
};

const maskedSoftmaxGradient: AcceleratedKernel = {
  kernelName: "TriviumMaskedSoftmaxGradient",
  run(backend, inputs, { scale }) {
    const probabilities = inputs.probabilities as TensorInfo;
    const data = backend.floats(probabilities);
    const dy = backend.floats(inputs.dy);
    if (!data || dy?.length !== data.length) return undefined;
    const dScores = backend.allocate(probabilities.shape, "float32");
    const keys = probabilities.shape.at(-1)!;
    if (data.length === 0) return dScores;
    const rows = data.length / keys;
    backend.run("softmaxGradient", rows, dy.address, data.address, dScores.address, keys, scale as number);
    return dScores;
  },
};

export const maskedSoftmaxKernels: readonly AcceleratedKernel[] = [maskedSoftmax, maskedSoftmaxGradient];
