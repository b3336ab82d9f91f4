import { beforeEach, describe, expect, test, vi } from "vitest";
import { simd } from "../simd.ts";
import { chooseGemm, compareBf16 } from "./choose-gemm.ts";
import { type GemmProvider, gemmProvider } from "./gemm-provider.ts";
import type { Product } from "./product.ts";
import { libraryNote, speedNotes } from "./speed-notes.ts";

beforeEach(() => {
  for (const name of ["TRIVIUM_GEMM", "TRIVIUM_PRECISION"]) vi.stubEnv(name, "");
  vi.stubEnv("TRIVIUM_TUNING", "/nowhere/gemm.json");
  return () => vi.unstubAllEnvs();
});

const takes =
  (milliseconds: number): Product =>
  () => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  };

/** A provider whose products take this long, and compute nothing. */
const timed = (f32Ms: number, bf16Ms: number): GemmProvider => ({
  probe: () => ({ available: true, version: "7", detail: "", bf16: true }),
  open: () => ({ base: 0, product: takes(f32Ms), productBf16: takes(bf16Ms) }),
});
const slower = gemmProvider("slower", timed(5, 20));
const faster = gemmProvider("faster", timed(20, 5));
const even = gemmProvider("even", timed(12, 12));
const plain = gemmProvider("plain", {
  probe: () => ({ available: true, version: "1", detail: "" }),
  open: () => ({ base: 0, product: takes(0) }),
});

describe("precision auto", () => {
  test("takes what is faster, and says so with the ratio", () => {
    expect(chooseGemm({ gemm: faster, matmulPrecision: "auto" })).toMatchObject({ name: "faster", precision: "bf16" });
    expect(chooseGemm({ gemm: slower, matmulPrecision: "auto" })).toMatchObject({ name: "slower", precision: "f32" });
    expect(speedNotes({ gemm: faster, matmulPrecision: "auto" })).toEqual([
      expect.stringMatching(
        /^precision auto: bf16, since matrix products in bf16 take 0\.\d+ times as long as in f32 here/,
      ),
    ]);
    expect(speedNotes({ gemm: slower, matmulPrecision: "auto" })).toEqual([
      expect.stringMatching(/^precision auto: f32, since .+ take [2-9]\.\d+ times .+ measured in slower 7$/),
    ]);
  });

  test("stays with f32 where bf16 gains nothing, and where there is none", () => {
    expect(chooseGemm({ gemm: even, matmulPrecision: "auto" }).precision).toBe("f32");
    for (const gemm of [plain, "wasm"]) {
      expect(chooseGemm({ gemm, matmulPrecision: "auto" }).precision).toBe("f32");
      const note = "precision auto: f32, since nothing here has matrix products in bf16";
      expect(speedNotes({ gemm, matmulPrecision: "auto" })).toEqual([note]);
    }
  });

  test("decides once in a process, and the identity names what it chose", async () => {
    const wishes = { gemm: faster, matmulPrecision: "auto" } as const;
    expect(compareBf16(wishes)).toEqual(compareBf16(wishes));
    const chosen = simd.withOptions!(wishes);
    expect(await chosen.numericIdentity?.()).toMatchObject({ gemm: "faster", gemmVersion: "7", precision: "bf16" });
    expect(await chosen.speedNotes?.()).toEqual(speedNotes(wishes));
  });

  test("still refuses a provider that is not there", () => {
    expect(() => chooseGemm({ gemm: "blis", matmulPrecision: "auto" })).toThrow('there is no GEMM provider "blis"');
  });
});

test("whoever asks for bf16 where it is slower is told by how much, and nothing where it is faster", () => {
  expect(speedNotes({ gemm: slower, matmulPrecision: "bf16" })).toEqual([
    expect.stringMatching(
      /take [2-9]\.\d+ times as long as in f32 here, .+; leave the precision out, or choose "auto"/,
    ),
  ]);
  expect(speedNotes({ gemm: faster, matmulPrecision: "bf16" })).toEqual([]);
});

test("where nothing but WebAssembly multiplies, one line has the command", () => {
  const remedy = "Run trivium setup blas";
  const absent = { probe: () => ({ available: false, reason: "it is not installed", remedy }) as const };
  const none = [gemmProvider("openblas", { ...absent, open: () => ({ base: 0, product: takes(0) }) })];
  expect(libraryNote({}, none)).toMatch(
    /WebAssembly here .+ more than twice as fast in a BLAS\. Run trivium setup blas$/,
  );
  expect(libraryNote({ gemm: "wasm" }, none)).toBeUndefined();
  expect(libraryNote({}, [...none, plain])).toBeUndefined();
});

test("nothing is said where WebAssembly was asked for, or a library multiplies", () => {
  expect(speedNotes({ gemm: "wasm" })).toEqual([]);
  expect(speedNotes({ gemm: plain })).toEqual([]);
});
