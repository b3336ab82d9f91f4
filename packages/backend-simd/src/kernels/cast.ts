import type { DataType } from "@tensorflow/tfjs-core";
import { castCodes } from "../wasm/codes.ts";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";

const codes: Readonly<Record<string, number | undefined>> = castCodes;

/** Unlike the cpu original, which renames int32 data to float32, this converts: kernels read bits, not numbers. */
export const cast: AcceleratedKernel = {
  kernelName: "Cast",
  run(backend, inputs, attributes) {
    const x = inputs.x!;
    const dtype = attributes.dtype as DataType;
    const data = backend.data.get(x.dataId);
    if (data.dtype === dtype) return data.dtype === x.dtype ? backend.share(x, x.shape) : undefined;
    const code = codes[`${data.dtype}-${dtype}`];
    if (code === undefined) return undefined;
    const y = backend.allocate(x.shape, dtype);
    backend.run("cast", data.length, code, data.address, y.address);
    return y;
  },
};
