import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";
import { multiply } from "../mat-mul.ts";

/** `x · weight (+ bias)` of matrices. */
export const linear: AcceleratedKernel = {
  kernelName: "TriviumLinear",
  run(backend, inputs) {
    const weight = inputs.weight as TensorInfo;
    const bias = inputs.bias && backend.floats(inputs.bias);
    if (inputs.bias && bias?.length !== weight.shape[1]) return undefined;
    return multiply(backend, inputs.x as TensorInfo, weight, {}, bias?.address);
  },
};
