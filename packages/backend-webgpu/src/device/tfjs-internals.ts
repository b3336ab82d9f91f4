import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { UnsupportedError } from "@trivium/core";

/** The memory of a tensor as tfjs's WebGPU backend keeps it. */
export interface TfjsTensorData {
  readonly dtype: DataType;
  /** Numbers that were not uploaded, or were read back. */
  values?: ArrayLike<number> | null | undefined;
  refCount: number;
  resource?: unknown;
}

/** The parts of tfjs's WebGPU backend that recording a program of one's own needs. */
export interface TfjsInternals {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly bufferManager: { acquireBuffer(size: number, usage: number): GPUBuffer };
  readonly tensorMap: { get(dataId: object): TfjsTensorData };
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  uniformPendingDisposal: GPUBuffer[];
  makeTensorInfo(shape: number[], dtype: DataType, values?: ArrayLike<number>): TensorInfo;
  uploadToGPU(dataId: object): void;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
  refCount(dataId: object): number;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

const fields = [
  "commandEncoder",
  "computePassEncoder",
  "commandQueueOwnedIds",
  "dispatchCountInPass",
  "uniformPendingDisposal",
] as const;

/**
 * Looks into tfjs's WebGPU backend, whose own way to run a program has one output a program.
 *
 * Some fields are private there. The version is pinned, and a backend without them is refused.
 *
 * @throws {UnsupportedError} `webgpu/tfjs-version`
 */
export function internalsOf(backend: object): TfjsInternals {
  const missing = fields.filter((field) => !(field in backend));
  if (missing.length === 0) return backend as TfjsInternals;
  throw new UnsupportedError(
    "webgpu/tfjs-version",
    `tfjs's WebGPU backend has no ${missing.join(", ")}; install @tensorflow/tfjs-backend-webgpu 4.22.0`,
    { details: { missing } },
  );
}
