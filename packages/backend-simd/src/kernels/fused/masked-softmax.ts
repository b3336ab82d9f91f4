import { accelerateFamily } from "./fused-family.ts";

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

export const maskedSoftmaxKernels = accelerateFamily("masked-softmax", {
  maskedSoftmax(backend, { scores: { shape, data }, visible }, { scale }) {
    const steps = stepsOf(visible.shape, shape);
    if (!steps) return undefined;
    const [, heads, queries, keys] = shape as [number, number, number, number];
    const y = backend.allocate(shape, "float32");
    if (data.length === 0) return [y];
    const places = [data.address, visible.data.address, y.address] as const;
    const sizes = [heads, queries, keys, steps.batch, steps.head] as const;
    backend.run("maskedSoftmax", data.length / keys, ...places, ...sizes, scale);
    return [y];
  },
  maskedSoftmaxGradient(backend, { dy, probabilities: { shape, data } }, { scale }) {
    if (dy.data.length !== data.length) return undefined;
    const dScores = backend.allocate(shape, "float32");
    const keys = shape.at(-1)!;
    if (data.length === 0) return [dScores];
    const places = [dy.data.address, data.address, dScores.address] as const;
    backend.run("softmaxGradient", data.length / keys, ...places, keys, scale);
    return [dScores];
  },
});
