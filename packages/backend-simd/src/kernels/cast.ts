import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { type CastName, castCodes } from "../wasm/codes.ts";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";

const names: Readonly<Record<string, CastName>> = {
  "float32 int32": "floatToInt",
  "int32 float32": "intToFloat",
  "bool float32": "boolToFloat",
  "float32 bool": "floatToBool",
  "bool int32": "boolToInt",
  "int32 bool": "intToBool",
};

/** Unlike the cpu original, which renames int32 data to float32, this converts: kernels read bits, not numbers. */
export const cast: AcceleratedKernel = {
  kernelName: "Cast",
  run(backend, inputs, attributes) {
    const x = inputs.x as TensorInfo;
    const dtype = attributes.dtype as DataType;
    const data = backend.data.get(x.dataId);
    if (data.dtype === dtype) return data.dtype === x.dtype ? backend.share(x, x.shape) : undefined;
    const name = names[`${data.dtype} ${dtype}`];
    if (name === undefined) return undefined;
    const y = backend.allocate(x.shape, dtype);
    backend.run("cast", data.length, castCodes[name], data.address, y.address);
    return y;
  },
};
