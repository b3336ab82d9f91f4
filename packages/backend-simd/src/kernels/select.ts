import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";

/** `condition ? t : e` element by element; a vector of conditions over rows is left to the original. */
export const select: AcceleratedKernel = {
  kernelName: "Select",
  run(backend, inputs) {
    const [condition, t, e] = [inputs.condition as TensorInfo, inputs.t as TensorInfo, inputs.e as TensorInfo];
    if (t.dtype !== "float32" && t.dtype !== "int32") return undefined;
    const shown = backend.numbers(condition, "bool");
    const yes = backend.numbers(t, t.dtype);
    const no = backend.numbers(e, t.dtype);
    if (shown === undefined || yes === undefined || no === undefined) return undefined;
    if (shown.length !== yes.length || shown.length !== no.length) return undefined;
    const y = backend.allocate(t.shape, t.dtype);
    backend.run("select", shown.length, shown.address, yes.address, 1, no.address, 1, y.address);
    return y;
  },
};
