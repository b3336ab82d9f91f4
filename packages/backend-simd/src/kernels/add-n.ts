import type { TensorInfo } from "@tensorflow/tfjs-core";
import { binaryCodes } from "../wasm/codes.ts";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";

/** The sum of tensors of one shape, added in their order. */
export const addN: AcceleratedKernel = {
  kernelName: "AddN",
  run(backend, inputs) {
    const tensors = inputs as unknown as TensorInfo[];
    const data = tensors.map((x) => backend.floats(x));
    const [first, second] = data;
    if (first === undefined || second === undefined || data.some((x) => x?.length !== first.length)) return undefined;
    const y = backend.allocate(tensors[0]!.shape, "float32");
    let sum = first.address;
    for (const x of data.slice(1)) {
      const { add } = binaryCodes;
      if (first.length > 0)
        backend.run("binary", first.length, add, sum, 0, 1, x!.address, 0, 1, y.address, first.length);
      sum = y.address;
    }
    return y;
  },
};
