import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";

/** Softmax over the last axis. `tf.logSoftmax` is composed by tfjs-core: there is no kernel of that name to replace. */
export const softmax: AcceleratedKernel = {
  kernelName: "Softmax",
  run(backend, inputs, { dim }) {
    const logits = inputs.logits as TensorInfo;
    const data = backend.floats(logits);
    const last = logits.shape.length - 1;
    if (data === undefined || last < 0 || (dim !== last && dim !== -1)) return undefined;
    const y = backend.allocate(logits.shape, "float32");
    const columns = logits.shape[last]!;
    if (data.length > 0) backend.run("softmax", data.length / columns, data.address, y.address, columns);
    return y;
  },
};
