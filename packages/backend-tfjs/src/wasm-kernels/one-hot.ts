import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { DataType, KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";

/** `output[…, id] = onValue`, elsewhere `offValue`. tfjs 4.22 writes integers into a float32 output. */
export const oneHot: KernelFunc = ({ inputs, attrs, backend }) => {
  const wasm = backend as unknown as BackendWasm;
  const { indices } = inputs as { indices: TensorInfo };
  const { depth, onValue, offValue, dtype } = attrs as unknown as OneHotAttributes;
  const output = wasm.makeOutput([...indices.shape, depth], dtype);
  const values = wasm.typedArrayFromHeap(output).fill(offValue);
  wasm.typedArrayFromHeap(indices).forEach((id, row) => {
    if (id >= 0 && id < depth) values[row * depth + id] = onValue;
  });
  return output;
};

interface OneHotAttributes {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
  readonly dtype: DataType;
}
