export { SimdBackend } from "./backend/simd-backend.ts";
export type { SimdOptions, SimdUse } from "./backend/simd-options.ts";
export { type GemmChoice, type GemmPlugin, gemmProviders, probeGemmProviders } from "./gemm/choose-gemm.ts";
export { type GemmProbe, type GemmProvider, gemmProvider, type OpenedGemm } from "./gemm/gemm-provider.ts";
export type { Epilogue, GemmRequest } from "./gemm/gemm-request.ts";
export { type LibraryGemmDescription, libraryGemm } from "./gemm/library/library-gemm.ts";
export type { AskedPrecision, MatmulPrecision } from "./gemm/matmul-precision.ts";
export type { Exponentials, Product } from "./gemm/product.ts";
export { type Tuning, tuningFile, writeTuning } from "./gemm/tuning-file.ts";
export { registerSimdBackend, type SimdRegistration } from "./register.ts";
export {
  acceleratedCalls,
  type CreateSimdBackendOptions,
  createSimdBackend,
  simd,
  simdPlugin,
  simdUse,
} from "./simd.ts";
export { type GemmMeasurement, tuneGemm } from "./tune-gemm.ts";
