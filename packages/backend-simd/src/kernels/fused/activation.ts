import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { ActivationName } from "@trivium/tensor";
import { activationCodes } from "../../native/codes.ts";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";

/** The value, and where a gradient will be asked for the derivative beside it. */
export const activation: AcceleratedKernel = {
  kernelName: "TriviumActivation",
  run(backend, inputs, { activation: name, keepSlope }) {
    const x = inputs.x as TensorInfo;
    const data = backend.floats(x);
    if (data === undefined) return undefined;
    const y = backend.allocate(x.shape, "float32");
    const slope = keepSlope ? backend.allocate(x.shape, "float32") : undefined;
    const code = activationCodes[name as ActivationName];
    backend.run("activation", data.length, code, data.address, y.address, slope?.address ?? 0);
    return slope ? [y, slope] : [y];
  },
};
