import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../../backend/simd-backend.ts";
import type { NumericValues } from "../../backend/tensor-data.ts";
import { copyStrided } from "../copy-strided.ts";
import { accelerateFamily } from "./fused-family.ts";

/** Writes slots into the storage's own memory where no other tensor holds it, else into a copy. */
export const writeSlotsKernels = accelerateFamily("write-slots", {
  writeSlots(backend, { storage: { tensor: storage }, slots: { data: from } }, { runs }) {
    const isShared = backend.data.get(storage.dataId).refCount > 1;
    const output = isShared ? copyOf(backend, storage) : backend.share(storage, storage.shape);
    const [rows, into] = [from.values as NumericValues, backend.data.get(output.dataId).values as NumericValues];
    const width = storage.shape[1] as number;
    let next = 0;
    for (let at = 0; at < runs.length; at += 2) {
      const end = next + (runs[at + 1] as number) * width;
      into.set(rows.subarray(next, end), (runs[at] as number) * width);
      next = end;
    }
    return [output];
  },
});

function copyOf(backend: SimdBackend, { dataId, shape }: TensorInfo): TensorInfo {
  const { address, length } = backend.data.get(dataId);
  const output = backend.allocate(shape, "float32");
  copyStrided(backend, { shape: [length], from: [1], to: [1] }, address, output.address, "float32");
  return output;
}
