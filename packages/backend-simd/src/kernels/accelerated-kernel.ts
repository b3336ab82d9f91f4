import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend/simd-backend.ts";

/** A kernel that replaces the copied cpu one of the same name, or one that the cpu backend lacks. */
export interface AcceleratedKernel {
  readonly kernelName: string;
  /** Returns the outputs, or undefined where the request is not covered: then the cpu original runs. */
  readonly run: (
    backend: SimdBackend,
    inputs: NamedTensorInfoMap,
    attributes: NamedAttrMap,
  ) => TensorInfo | TensorInfo[] | undefined;
}
