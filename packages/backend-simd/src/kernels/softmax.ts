import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";

/** Softmax or its logarithm over the last axis. */
function rowwise(kernelName: string, kernel: "softmax" | "logSoftmax", axisAttribute: string): AcceleratedKernel {
  return {
    kernelName,
    run(backend, inputs, attributes) {
      const logits = inputs["logits"] as TensorInfo;
      const data = backend.floats(logits);
      const last = logits.shape.length - 1;
      const axis = attributes[axisAttribute];
      if (data === undefined || last < 0 || (axis !== last && axis !== -1)) return undefined;
      const y = backend.allocate(logits.shape, "float32");
      const columns = logits.shape[last]!;
      if (data.length > 0) backend.run(kernel, data.length / columns, data.address, y.address, columns);
      return y;
    },
  };
}

export const softmaxKernels: readonly AcceleratedKernel[] = [
  rowwise("Softmax", "softmax", "dim"),
  rowwise("LogSoftmax", "logSoftmax", "axis"),
];
