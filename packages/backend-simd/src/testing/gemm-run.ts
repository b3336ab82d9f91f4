import type { SimdBackend } from "../backend/simd-backend.ts";
import type { Epilogue, GemmRequest } from "../gemm/gemm-request.ts";
import type { GemmCase, GemmData } from "./gemm-cases.ts";

export interface GemmRun {
  /** Bytes by which every matrix is moved off the address that it would have. */
  readonly offBytes?: number;
  readonly activation?: Epilogue["activation"] | undefined;
  /** Keeps the derivative. */
  readonly keeps?: boolean;
}

export interface GemmResult {
  /** C with what lies between its rows. */
  readonly c: Float32Array;
  readonly slope: Float32Array;
}

/** Multiplies on a backend's memory; all of it is released again. */
export function runGemm(backend: SimdBackend, shape: GemmCase, data: GemmData, how: GemmRun = {}): GemmResult {
  const { heap } = backend;
  const blocks: Parameters<typeof heap.release>[0][] = [];
  const put = (values: Float32Array): Float32Array => {
    const block = heap.allocate(4 * values.length + 64, () => "a test's matrix");
    blocks.push(block);
    const view = new Float32Array(heap.memory.buffer, heap.addressOf(block) + (how.offBytes ?? 0), values.length);
    view.set(values);
    return view;
  };
  // All memory first: views of a memory that grows do not see what was added.
  const [a, b, c, bias] = [put(data.a), put(data.b), put(data.before), put(data.bias)];
  const kept = put(data.before);
  backend.multiply({
    ...requestOf(shape, data),
    a: a.byteOffset,
    b: b.byteOffset,
    c: c.byteOffset,
    bias: shape.mode === "bias" ? bias.byteOffset : 0,
    epilogue: how.activation && { activation: how.activation, slope: how.keeps ? kept.byteOffset : 0 },
  });
  heap.settle();
  const result = { c: c.slice(), slope: kept.slice() };
  blocks.forEach((block) => {
    heap.release(block);
  });
  return result;
}

function requestOf(shape: GemmCase, data: GemmData): Omit<GemmRequest, "a" | "b" | "c" | "bias"> {
  const { transposeA, transposeB, m, n, k, batch, mode } = shape;
  const { lda, ldb, ldc, strideA, strideB, strideC } = data;
  const accumulate = mode === "accumulate";
  return { transposeA, transposeB, m, n, k, batch, lda, ldb, ldc, strideA, strideB, strideC, accumulate };
}
