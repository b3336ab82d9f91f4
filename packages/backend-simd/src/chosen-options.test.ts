import { describe, expect, test } from "vitest";
import { gemmProvider } from "./gemm/gemm-provider.ts";
import { simd } from "./simd.ts";

describe("simd with options", () => {
  test("is another backend under a name made of them, the same one for the same options", async () => {
    const two = simd.withOptions!({ threads: 2, gemm: "wasm" });
    expect(two.name).toBe("simd(gemm=wasm,threads=2)");
    expect(simd.withOptions!({ gemm: "wasm", threads: 2 })).toBe(two);
    expect(simd.withOptions!({ threads: undefined })).toBe(simd);
    expect(await two.probe()).toMatchObject({ available: true, detail: expect.stringContaining("products in wasm") });
  });

  test("has the numeric identity of simd, which the number of threads is no part of", async () => {
    const identityOf = async (options: Record<string, unknown>) => simd.withOptions!(options).numericIdentity?.();
    const wasm = await identityOf({ gemm: "wasm" });
    expect(wasm).toMatchObject({ backend: "simd", gemm: "wasm", precision: "f32" });
    expect(await identityOf({ gemm: "wasm", threads: 3 })).toEqual(wasm);
  });

  test("takes a provider of one's own", () => {
    const mine = gemmProvider("mine", {
      probe: () => ({ available: false, reason: "it is none", remedy: "Write one" }),
      open: () => ({ base: 0, product: () => {} }),
    });
    expect(simd.withOptions!({ gemm: mine }).name).toBe("simd(gemm=mine)");
  });

  test.for([
    [{ threads: 0 }, /threads/],
    [{ matmulPrecision: "f16" }, /matmulPrecision.*f32.*bf16/],
    [{ thread: 2 }, /thread/],
    [{ gemm: 3 }, /gemm/],
  ] as const)("refuses %o, naming the option", ([options, message]) => {
    expect(() => simd.withOptions!(options)).toThrow(message);
  });
});
