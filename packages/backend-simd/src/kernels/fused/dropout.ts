import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";

/** The same bits as `dropoutHash` of `@trivium/tensor`, which decides what is kept. */
export const dropout: AcceleratedKernel = {
  kernelName: "TriviumDropout",
  run(backend, inputs, { rate, seed }) {
    const x = inputs.x as TensorInfo;
    const data = backend.floats(x);
    if (data === undefined) return undefined;
    const y = backend.allocate(x.shape, "float32");
    const threshold = Math.floor((rate as number) * 2 ** 32);
    const scale = 1 / (1 - (rate as number));
    backend.run("dropout", data.length, data.address, y.address, seed as number, threshold, scale);
    return y;
  },
};
