import { binaryCodes } from "../wasm/codes.ts";
import { type AcceleratedKernel, readList } from "./accelerated-kernel.ts";

/** The sum of tensors of one shape, added in their order. */
export const addN: AcceleratedKernel = {
  kernelName: "AddN",
  run(backend, given) {
    const [first, ...others] = readList(backend, given) ?? [];
    if (first === undefined || others.length === 0) return undefined;
    const { address, length } = first.data;
    if (others.some(({ data }) => data.length !== length)) return undefined;
    const y = backend.allocate(first.shape, "float32");
    let sum = address;
    for (const { data } of others) {
      if (length > 0) backend.run("binary", length, binaryCodes.Add, sum, 0, 1, data.address, 0, 1, y.address, length);
      sum = y.address;
    }
    return y;
  },
};
