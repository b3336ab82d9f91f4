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

export const linearKernels: readonly AcceleratedKernel[] = [linear, linearActivation, activationGradient];
