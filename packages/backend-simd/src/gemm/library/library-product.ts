import type { LibraryProducts } from "../../wasm/wasm-kernels.ts";
import type { OpenedGemm } from "../gemm-provider.ts";
import type { Product } from "../product.ts";

/** Makes the products and exponentials that kernels import; where the provider has none, kernels never call them. */
export function libraryProducts(provider: Omit<OpenedGemm, "inWorkers"> | undefined): LibraryProducts {
  const base = provider?.base ?? 0;
  // An address above 2³¹ comes as a negative number.
  const place = (address: number) => base + (address >>> 0);
  const imported =
    (multiply: Product | undefined): LibraryProducts["product"] =>
    (transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate) =>
      multiply?.(
        transposeA !== 0,
        transposeB !== 0,
        m,
        n,
        k,
        place(a),
        lda,
        place(b),
        ldb,
        place(c),
        ldc,
        accumulate !== 0,
      );
  return {
    product: imported(provider?.product),
    productBf16: imported(provider?.productBf16),
    exponentials: (count, x, y) => provider?.exponentials?.(count, place(x), place(y)),
  };
}
