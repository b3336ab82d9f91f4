import { tf } from "@trivium/tensor";
import { afterEach, describe, expect, test } from "vitest";
import { createSimdBackend } from "../index.ts";
import { toBf16 } from "../testing/gemm-cases.ts";
import { chooseGemm, probeGemmProviders } from "./choose-gemm.ts";
import { gemmProvider } from "./gemm-provider.ts";
import { matmulPrecision } from "./matmul-precision.ts";

const before = process.env.TRIVIUM_PRECISION;
afterEach(() => {
  if (before === undefined) delete process.env.TRIVIUM_PRECISION;
  else process.env.TRIVIUM_PRECISION = before;
});

test("the option goes before the environment; another word is refused", () => {
  process.env.TRIVIUM_PRECISION = "bf16";
  expect([matmulPrecision(), matmulPrecision("f32")]).toEqual(["bf16", "f32"]);
  process.env.TRIVIUM_PRECISION = "half";
  expect(() => matmulPrecision()).toThrow("TRIVIUM_PRECISION should be one of f32, bf16, auto, got half");
  delete process.env.TRIVIUM_PRECISION;
  expect(matmulPrecision()).toBe("f32");
});

test("bf16 without a provider that has it is refused, with the reason", async () => {
  const f32Only = gemmProvider("f32-only", {
    probe: () => ({ available: true, version: "1", detail: "" }),
    open: () => ({ base: 0, product: () => {} }),
  });
  for (const [gemm, reason] of [
    ["wasm", "wasm: WebAssembly has no such instructions"],
    [f32Only, "f32-only: it has no such product"],
  ] as const) {
    expect(() => chooseGemm({ gemm, matmulPrecision: "bf16" })).toThrow(reason);
  }
  const backend = createSimdBackend({ name: "simd-wasm-bf16", gemm: "wasm", matmulPrecision: "bf16" });
  await expect(backend.activate()).rejects.toMatchObject({ code: "simd/precision" });
});

const withBf16 = probeGemmProviders().find((probe) => probe.available && probe.bf16 === true);
const why = withBf16 ? "" : " (no GEMM provider here has bf16 products)";

describe.skipIf(withBf16 === undefined)(`with bf16${why}`, () => {
  test("large products have rounded inputs, small ones do not; the identity says which it is", async () => {
    const backend = createSimdBackend({ name: "simd-bf16", matmulPrecision: "bf16" });
    const full = createSimdBackend({ name: "simd-f32", matmulPrecision: "f32", gemm: withBf16!.name });
    expect(await backend.numericIdentity?.()).toMatchObject({ gemm: withBf16!.name, precision: "bf16" });
    expect(await full.numericIdentity?.()).toMatchObject({ gemm: withBf16!.name, precision: "f32" });
    await backend.activate();
    const third = Math.fround(1 / 3);
    const sumOf = (size: number) =>
      tf.tidy(() => tf.matMul(tf.fill([size, size], third), tf.ones([size, size])).dataSync()[0]!);
    expect(sumOf(256)).toBeCloseTo(256 * toBf16(third), 3);
    expect(sumOf(8)).toBeCloseTo(8 / 3, 5);
  });
});
