import { fileURLToPath } from "node:url";
import { tf } from "@trivium/tensor";
import { afterEach, describe, expect, test } from "vitest";
import { createSimdBackend } from "../index.ts";
import { chooseGemm, firstOf, gemmProviders, probeGemmProviders } from "./choose-gemm.ts";
import { type GemmProvider, gemmProvider } from "./gemm-provider.ts";
import { libraryGemm } from "./library/library-gemm.ts";

const before = process.env.TRIVIUM_GEMM;
afterEach(() => {
  if (before === undefined) delete process.env.TRIVIUM_GEMM;
  else process.env.TRIVIUM_GEMM = before;
});

const missing = gemmProvider(
  "missing",
  libraryGemm({
    libraries: ["libmissing.so.1", "/nowhere/libmissing.so"],
    convention: "cblas",
    symbol: "cblas_sgemm",
    inspect: () => ({ version: "1", setUp: [] }),
    remedy: "Install libmissing",
  }),
);
const why = "none of libmissing.so.1, libmissing.so could be loaded. Install libmissing";

/** In JavaScript, on the main thread alone. */
const scalar: GemmProvider = {
  probe: () => ({ available: true, version: "7", detail: "slow" }),
  open: ({ buffer }) => ({
    base: 0,
    product: (transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate) => {
      const [x, y, z] = [a, b, c].map((offset) => new Float32Array(buffer, offset));
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = accumulate ? z![i * ldc + j]! : 0;
          for (let p = 0; p < k; p++) {
            sum += x![transposeA ? p * lda + i : i * lda + p]! * y![transposeB ? j * ldb + p : p * ldb + j]!;
          }
          z![i * ldc + j] = sum;
        }
      }
    },
  }),
};

describe("the choice of a provider", () => {
  test("goes by the option, then the environment, then a fixed order", () => {
    process.env.TRIVIUM_GEMM = "wasm";
    expect(chooseGemm().name).toBe("wasm");
    expect(chooseGemm({ gemm: gemmProvider("scalar", scalar) })).toMatchObject({ name: "scalar", version: "7" });
    process.env.TRIVIUM_GEMM = "";
    const first = probeGemmProviders().find(({ available }) => available);
    expect(chooseGemm().name).toBe(first!.name);
    expect(gemmProviders.map(({ name }) => name)).toEqual([
      "mkl",
      "accelerate",
      "onednn",
      "openblas",
      "system-openblas",
    ]);
  });

  test("a library that does not know the processor is taken only where it is asked for", () => {
    const slow = gemmProvider("slow", {
      ...scalar,
      probe: () => ({ available: true, version: "7", detail: "", slow: "it is old" }),
    });
    expect(firstOf("f32", [missing, slow, gemmProvider("scalar", scalar)]).name).toBe("scalar");
    expect(firstOf("f32", [slow]).name).toBe("wasm");
    expect(chooseGemm({ gemm: slow }).name).toBe("slow");
  });

  test("what was asked for never falls back: the error has the reason and the remedy", async () => {
    expect(() => chooseGemm({ gemm: missing })).toThrow(`the GEMM provider "missing" cannot run here: ${why}`);
    const backend = createSimdBackend({ name: "simd-missing-gemm", gemm: missing });
    await expect(backend.activate()).rejects.toMatchObject({ code: "simd/gemm" });
    expect(await backend.probe()).toMatchObject({ available: false, reason: expect.stringContaining(why) });
  });

  test("a name that there is not is refused, with those that there are", () => {
    process.env.TRIVIUM_GEMM = "blis";
    expect(() => chooseGemm()).toThrow(
      'there is no GEMM provider "blis"; there are mkl, accelerate, onednn, openblas, system-openblas, wasm',
    );
  });

  test("a file that is there and does not load is named, with what the loader said", () => {
    const file = fileURLToPath(import.meta.url);
    const broken = libraryGemm({
      libraries: [file],
      convention: "cblas",
      symbol: "cblas_sgemm",
      inspect: () => ({ version: "1", setUp: [] }),
      remedy: "Install another",
    });
    const probe = broken.probe();
    expect(probe).toMatchObject({ available: false, remedy: "Install another" });
    expect(probe).toHaveProperty("reason", expect.stringMatching(/choose-gemm\.test\.ts: it does not load: .+/));
  });

  test("a library that multiplies wrongly is not used", () => {
    const wrong = libraryGemm({
      // The C library's own, of the same types as far as a call goes: it computes nothing.
      libraries: ["libc.so.6"],
      convention: "cblas",
      symbol: "abs",
      inspect: () => ({ version: "1", setUp: [] }),
      remedy: "Do not",
    });
    const probe = wrong.probe();
    if (process.platform === "linux") {
      expect(probe).toMatchObject({ reason: "libc.so.6: a small product came out wrong: NaN at 0" });
    } else expect(probe.available).toBe(false);
  });
});

test("a provider of one's own multiplies what is large, and the identity names it and its version", async () => {
  const backend = createSimdBackend({ name: "simd-scalar", gemm: gemmProvider("scalar", scalar) });
  await backend.activate();
  expect(await backend.numericIdentity?.()).toMatchObject({ gemm: "scalar", gemmVersion: "7" });
  expect(backend.use().gemm).toBe("scalar");
  const sums = tf.tidy(() => [...tf.sum(tf.matMul(tf.ones([64, 128]), tf.ones([128, 32])), 0).dataSync()]);
  expect(sums).toEqual(new Array(32).fill(64 * 128));
});
