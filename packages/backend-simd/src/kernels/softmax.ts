import { type AcceleratedKernel, accelerate } from "./accelerated-kernel.ts";

/** Softmax over the last axis. `tf.logSoftmax` is composed by tfjs-core: there is no kernel of that name to replace. */
export const softmax: AcceleratedKernel = accelerate(
  "Softmax",
  { logits: "float32" },
  (backend, { logits }, { dim }) => {
    const { shape, data } = logits;
    const last = shape.length - 1;
    if (last < 0 || (dim !== last && dim !== -1)) return undefined;
    const y = backend.allocate(shape, "float32");
    const columns = shape[last]!;
    if (data.length > 0) backend.run("softmax", data.length / columns, data.address, y.address, columns);
    return y;
  },
);
