import type { TensorInfo } from "@tensorflow/tfjs-core";
import { unaryCodes } from "../../native/codes.ts";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";

const gelu: AcceleratedKernel = {
  kernelName: "TriviumGelu",
  run(backend, inputs, { approximate }) {
    const x = inputs.x as TensorInfo;
    const data = backend.floats(x);
    if (data === undefined) return undefined;
    const y = backend.allocate(x.shape, "float32");
    backend.run("unary", data.length, approximate ? unaryCodes.geluTanh : unaryCodes.gelu, data.address, y.address);
    return y;
  },
};

const geluGradient: AcceleratedKernel = {
  kernelName: "TriviumGeluGradient",
  run(backend, inputs, { approximate }) {
    const x = inputs.x as TensorInfo;
    const data = backend.floats(x);
    const dy = backend.floats(inputs.dy);
    if (data === undefined || dy === undefined || dy.length !== data.length) return undefined;
    const dx = backend.allocate(x.shape, "float32");
    backend.run("geluGradient", data.length, dy.address, data.address, dx.address, approximate ? 1 : 0);
    return dx;
  },
};

export const geluKernels: readonly AcceleratedKernel[] = [gelu, geluGradient];
