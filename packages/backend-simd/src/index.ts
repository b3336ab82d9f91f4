export type { GemmProvider, GemmRequest } from "./backend/gemm-provider.ts";
export { SimdBackend, type SimdOptions, type SimdUse } from "./backend/simd-backend.ts";
export { registerSimdBackend, type SimdRegistration } from "./register.ts";
export {
  acceleratedCalls,
  type CreateSimdBackendOptions,
  createSimdBackend,
  simd,
  simdPlugin,
  simdUse,
} from "./simd.ts";
