import type { LibraryProduct } from "../../wasm/wasm-kernels.ts";
import type { OpenedGemm } from "../gemm-provider.ts";

/** Makes the product that kernels import; without a provider they never call it. */
export function libraryProduct(provider: Omit<OpenedGemm, "inWorkers"> | undefined): LibraryProduct {
  if (provider === undefined) return () => {};
  const { base, product } = provider;
  // An address above 2³¹ comes as a negative number.
  const place = (address: number) => base + (address >>> 0);
  return (...values) => {
    const [transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate] = values as [
      ...[number, number, number, number, number, number],
      ...[number, number, number, number, number, number],
    ];
    product(transposeA !== 0, transposeB !== 0, m, n, k, place(a), lda, place(b), ldb, place(c), ldc, accumulate !== 0);
  };
}
