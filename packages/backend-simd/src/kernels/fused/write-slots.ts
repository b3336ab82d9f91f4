import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../../backend/simd-backend.ts";
import { copyStrided } from "../copy-strided.ts";
import { accelerateFamily } from "./fused-family.ts";

const FLOAT_BYTES = 4;

/** Writes slots into the storage's own memory where no other tensor holds it, else into a copy. */
export const writeSlotsKernels = accelerateFamily("write-slots", {
  writeSlots(backend, { storage: { tensor: storage }, slots: { data: from } }, { start: first }) {
    const isShared = backend.data.get(storage.dataId).refCount > 1;
    const output = isShared ? copyOf(backend, storage) : backend.share(storage, storage.shape);
    const { address, length } = backend.data.get(output.dataId);
    const [rows, groups, , width] = storage.shape as [number, number, number, number];
    const [own, written] = [length / (rows * groups), from.length / (rows * groups)];
    const copy = { shape: [rows * groups, written], from: [written, 1], to: [own, 1] };
    const start = first * width * FLOAT_BYTES;
    copyStrided(backend, copy, from.address, address + start, "float32");
    return [output];
  },
});

function copyOf(backend: SimdBackend, { dataId, shape }: TensorInfo): TensorInfo {
  const { address, length } = backend.data.get(dataId);
  const output = backend.allocate(shape, "float32");
  copyStrided(backend, { shape: [length], from: [1], to: [1] }, address, output.address, "float32");
  return output;
}
