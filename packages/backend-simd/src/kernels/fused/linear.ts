import type { NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { ActivationName } from "@trivium/tensor";
import type { Output, SimdBackend } from "../../backend/simd-backend.ts";
import type { Epilogue } from "../../gemm/gemm-request.ts";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";
import { columnSums } from "../column-sums.ts";
import { multiply } from "../mat-mul.ts";
import { sizeOf } from "../size-of.ts";

/** `x · weight (+ bias)`, a matrix times the last axis. */
function product(backend: SimdBackend, inputs: NamedTensorInfoMap, epilogue?: Epilogue): Output | undefined {
  const weight = inputs.weight as TensorInfo;
  const bias = inputs.bias && backend.floats(inputs.bias);
  if (inputs.bias && bias?.length !== weight.shape[1]) return undefined;
  const additions = { ...(bias && { bias: bias.address }), ...(epilogue && { epilogue }) };
  return multiply(backend, inputs.x as TensorInfo, weight, {}, additions);
}

const linear: AcceleratedKernel = { kernelName: "TriviumLinear", run: (backend, inputs) => product(backend, inputs) };

/** With the derivative, where a gradient will be asked for. */
const linearActivation: AcceleratedKernel = {
  kernelName: "TriviumLinearActivation",
  run(backend, inputs, { activation, keepSlope }) {
    const [x, weight] = [inputs.x as TensorInfo, inputs.weight as TensorInfo];
    const shape = [...x.shape.slice(0, -1), weight.shape.at(-1)!];
    const slope = keepSlope ? backend.allocate(shape, "float32") : undefined;
    const y = product(backend, inputs, { activation: activation as ActivationName, slope: slope?.address ?? 0 });
    if (y !== undefined) return slope ? [y, slope] : [y];
    if (slope) backend.disposeIntermediateTensorInfo(slope);
    return undefined;
  },
};

/** The gradient of what was activated, `dy · slope`, and its column sums: that of the bias. */
const activationGradient: AcceleratedKernel = {
  kernelName: "TriviumActivationGradient",
  run(backend, inputs) {
    const dy = inputs.dy as TensorInfo;
    const [data, slope] = [backend.floats(dy), backend.floats(inputs.slope)];
    if (data === undefined || slope?.length !== data.length) return undefined;
    const columns = dy.shape.at(-1)!;
    const rows = sizeOf(dy.shape.slice(0, -1));
    const dx = backend.allocate(dy.shape, "float32");
    const scaled = { factor: slope.address, product: dx.address };
    return [dx, columnSums(backend, { x: data.address, scaled, rows, columns })];
  },
};

/** Inputs are an array: x, the weights, then as many biases, or none. */
const linears: AcceleratedKernel = {
  kernelName: "TriviumLinears",
  run(backend, inputs, { count }) {
    const [x, ...matrices] = Object.values(inputs) as [TensorInfo, ...TensorInfo[]];
    const outputs = matrices.slice(0, count as number).map((weight, index) => {
      const bias = matrices[(count as number) + index];
      return product(backend, { x, weight, ...(bias && { bias }) });
    });
    return outputs.every((output) => output !== undefined) ? outputs : undefined;
  },
};

/** Inputs are an array: as many gradients of outputs as weights, then the weights. Each adds to what is there. */
const inputGradient: AcceleratedKernel = {
  kernelName: "TriviumLinearInputGradient",
  run(backend, inputs) {
    const tensors = Object.values(inputs) as TensorInfo[];
    const count = tensors.length / 2;
    const data = tensors.map((tensor) => backend.floats(tensor));
    if (data.includes(undefined)) return undefined;
    const outer = tensors[0]!.shape.slice(0, -1);
    const [m, n] = [sizeOf(outer), tensors[count]!.shape[0]!];
    const dx = backend.allocate([...outer, n], "float32");
    for (let index = 0; index < count; index++) {
      const k = tensors[index]!.shape.at(-1)!;
      const [a, b] = [data[index]!.address, data[count + index]!.address];
      const sizes = { m, n, k, a, lda: k, b, ldb: k, c: dx.address, ldc: n };
      backend.multiply({ ...oneMatrix, ...sizes, transposeB: true, accumulate: index > 0 });
    }
    return dx;
  },
};

const weightGradient: AcceleratedKernel = {
  kernelName: "TriviumLinearWeightGradient",
  run(backend, inputs) {
    const [x, dy] = [inputs.x as TensorInfo, inputs.dy as TensorInfo];
    const [a, b] = [backend.floats(x), backend.floats(dy)];
    if (a === undefined || b === undefined) return undefined;
    const [m, n] = [x.shape.at(-1)!, dy.shape.at(-1)!];
    const c = backend.allocate([m, n], "float32");
    const sizes = { m, n, k: sizeOf(x.shape.slice(0, -1)), lda: m, ldb: n, ldc: n };
    backend.multiply({ ...oneMatrix, ...sizes, a: a.address, b: b.address, c: c.address, transposeA: true });
    return c;
  },
};

const oneMatrix = {
  ...{ transposeA: false, transposeB: false, accumulate: false, bias: 0 },
  ...{ batch: 1, strideA: 0, strideB: 0, strideC: 0 },
};

/** The sum over all axes but the last. */
const columnSumsKernel: AcceleratedKernel = {
  kernelName: "TriviumColumnSums",
  run(backend, inputs) {
    const { shape } = inputs.x as TensorInfo;
    const x = backend.floats(inputs.x);
    if (x === undefined) return undefined;
    return columnSums(backend, { x: x.address, rows: sizeOf(shape.slice(0, -1)), columns: shape.at(-1)! });
  },
};

export const linearKernels: readonly AcceleratedKernel[] = [
  ...[linear, linearActivation, activationGradient, linears],
  ...[inputGradient, weightGradient, columnSumsKernel],
];
