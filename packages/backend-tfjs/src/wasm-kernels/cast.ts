import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type DataType, getKernel, type KernelConfig, type KernelFunc, type TensorInfo } from "@tensorflow/tfjs-core";

/** tfjs's cast, but for casts to bool, whose values it copies as they are: 2 becomes a bool of 2. */
export function correctedCast(): KernelFunc {
  const { kernelFunc: original } = getKernel("Cast", "wasm") as KernelConfig;
  return (request) => {
    const wasm = request.backend as unknown as BackendWasm;
    const { x } = request.inputs as { x: TensorInfo };
    const { dtype } = request.attrs as unknown as { dtype: DataType };
    if (dtype !== "bool" || x.dtype === "bool") return original(request);
    const output = wasm.makeOutput(x.shape, "bool");
    const values = wasm.typedArrayFromHeap(output);
    wasm.typedArrayFromHeap(x).forEach((value, index) => {
      values[index] = value === 0 ? 0 : 1;
    });
    return output;
  };
}
