import type { NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { ActivationName } from "@trivium/tensor";
import type { Output, SimdBackend } from "../../backend/simd-backend.ts";
import { activationCodes } from "../../native/codes.ts";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";
import { columnSums } from "../column-sums.ts";
import { multiply } from "../mat-mul.ts";
import { sizeOf } from "../size-of.ts";

/** `x · weight (+ bias)`, a matrix times the last axis. */
function product(backend: SimdBackend, inputs: NamedTensorInfoMap): Output | undefined {
  const weight = inputs.weight as TensorInfo;
  const bias = inputs.bias && backend.floats(inputs.bias);
  if (inputs.bias && bias?.length !== weight.shape[1]) return undefined;
  return multiply(backend, inputs.x as TensorInfo, weight, {}, bias?.address);
}

const linear: AcceleratedKernel = { kernelName: "TriviumLinear", run: product };

/** The derivative takes the place of the product, which no gradient needs. */
const linearActivation: AcceleratedKernel = {
  kernelName: "TriviumLinearActivation",
  run(backend, inputs, { activation, keepSlope }) {
    const x = product(backend, inputs);
    if (x === undefined) return undefined;
    const y = keepSlope ? backend.allocate(x.shape, "float32") : x;
    const code = activationCodes[activation as ActivationName];
    backend.run("activation", sizeOf(x.shape), code, x.address, y.address, keepSlope ? x.address : 0);
    return keepSlope ? [y, x] : [y];
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
