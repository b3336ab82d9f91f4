import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SimdBackend } from "../backend/simd-backend.ts";
import type { SimdOptions } from "../backend/simd-options.ts";
import type { GemmPlugin } from "../gemm/choose-gemm.ts";
import { matmulPrecisions } from "../gemm/matmul-precision.ts";
import { type GemmCase, gemmCases, gemmData, gemmMismatch, roundedData } from "./gemm-cases.ts";
import { type GemmRun, runGemm } from "./gemm-run.ts";

const tests = {
  "equals the float64 product within rounding, and touches nothing between the rows of C": ([one]: Backends) =>
    fc.assert(
      fc.property(drawn, fc.constantFrom(0, 4, 20), (shape, offBytes) => {
        const data = gemmData(shape);
        const inputs = one!.use().matmulPrecision === "bf16" ? roundedData(data) : data;
        expect(gemmMismatch(shape, runGemm(one!, shape, data, { offBytes }).c, inputs)).toBeUndefined();
      }),
      { numRuns: 150, examples: long.map((shape): [GemmCase, number] => [shape, 0]) },
    ),

  "does not read C unless it accumulates": ([one]: Backends) => {
    for (const shape of large.filter(({ mode, pad }) => mode !== "accumulate" && pad === 0)) {
      const data = gemmData(shape);
      const poisoned = { ...data, before: data.before.map(() => Number.NaN) };
      expect(difference(runGemm(one!, shape, poisoned).c, runGemm(one!, shape, data).c)).toBe("");
    }
  },

  "passes on NaN, and what infinity times zero is": ([one]: Backends) => {
    for (const shape of [plain(37, 70, 65), plain(1, 64, 64), plain(70, 1, 33), plain(130, 20, 300)]) {
      const data = gemmData(shape);
      data.a[3] = Number.NaN;
      data.b.fill(0, 0, shape.n);
      const { c } = runGemm(one!, shape, data);
      expect(c.subarray(0, shape.n).every(Number.isNaN)).toBe(true);
      expect(c.subarray(shape.n).some(Number.isNaN)).toBe(false);
      data.a[3] = 1;
      data.a[0] = Number.POSITIVE_INFINITY;
      expect(runGemm(one!, shape, data).c.subarray(0, shape.n).every(Number.isNaN)).toBe(true);
    }
  },

  "gives the same bits with 1, 2 and 4 threads": (backends: Backends) => {
    for (const shape of large) {
      const data = gemmData(shape);
      const [expected, ...others] = backends.map((backend) => runGemm(backend, shape, data).c);
      for (const other of others) expect(difference(other, expected!)).toBe("");
    }
  },

  "gives the same bits wherever the matrices lie": ([one]: Backends) => {
    for (const shape of large) {
      const data = gemmData(shape);
      expect(difference(runGemm(one!, shape, data, { offBytes: 64 }).c, runGemm(one!, shape, data).c)).toBe("");
    }
  },

  "applies an activation after the bias, and keeps its derivative": (backends: Backends) => {
    for (const shape of large.filter(({ mode }) => mode !== "accumulate")) {
      const data = gemmData(shape);
      const [product] = backends.map((backend) => runGemm(backend, shape, data).c);
      for (const backend of backends) {
        const how: GemmRun = { activation: "relu", keeps: true };
        const { c, slope } = runGemm(backend, shape, data, how);
        expect(
          difference(
            slope,
            mapRows(shape, data.ldc, product!, (value) => (value > 0 ? 1 : 0)),
          ),
        ).toBe("");
        expect(
          difference(
            c,
            mapRows(shape, data.ldc, product!, (value) => Math.max(0, value)),
          ),
        ).toBe("");
        expect(difference(runGemm(backend, shape, data, { activation: "relu" }).c, c)).toBe("");
      }
    }
  },
};

type Backends = readonly SimdBackend[];

/** A test of the suite, by its sentence. */
export type GemmTest = keyof typeof tests;

export interface DescribeGemmOptions {
  /** Tests that do not apply, by name, each with the reason. */
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly GemmTest[] }[];
}

/**
 * The conformance suite of GEMM providers: run it over your own. Where it is not available, all of it is skipped with
 * the reason that its probe gives.
 *
 * @example describeGemmProvider(gemmProvider("blis", libraryGemm(description)))
 */
export function describeGemmProvider(plugin: GemmPlugin, { skip = [] }: DescribeGemmOptions = {}): void {
  const probe = plugin.create.probe();
  for (const precision of matmulPrecisions) {
    describe(`GEMM provider ${plugin.name}, ${precision}`, () => {
      if (!probe.available) test.skip(`${probe.reason}. ${probe.remedy}`, () => {});
      else if (precision === "bf16" && probe.bf16 !== true) test.skip(probe.bf16 ?? "it has no bf16", () => {});
      else describeTests({ gemm: plugin, matmulPrecision: precision }, skip);
    });
  }
}

function describeTests(options: SimdOptions, skip: NonNullable<DescribeGemmOptions["skip"]>): void {
  const backends = [1, 2, 4].map((threads) => new SimdBackend({ ...options, gemmForSmall: true, threads }));
  beforeAll(async () => {
    await Promise.all(backends.map((backend) => backend.threadsReady()));
  });
  afterAll(() => {
    for (const backend of backends) backend.dispose();
  });
  for (const title of Object.keys(tests) as GemmTest[]) {
    const reason = skip.find((exemption) => exemption.tests.includes(title))?.reason;
    if (reason === undefined) test(title, () => tests[title](backends));
    else test.skip(`${title} (${reason})`, () => {});
  }
}

const drawn = fc.tuple(gemmCases, fc.boolean()).map(([shape, sharesA]): GemmCase => ({ ...shape, sharesA }));

const plain = (m: number, n: number, k: number): GemmCase => ({
  m,
  n,
  k,
  transposeA: false,
  transposeB: false,
  batch: 1,
  pad: 0,
  sharesB: false,
  mode: "overwrite",
  seed: 3,
});

/** Sums that are added up a part at a time, the last part shorter. */
const long: readonly GemmCase[] = [
  { ...plain(70, 33, 4101), transposeA: true, mode: "bias" },
  { ...plain(17, 300, 4610), transposeA: true, pad: 1, mode: "accumulate" },
];

/** Products of several panels, along rows and columns, with every transpose, and batches. */
const large: readonly GemmCase[] = [
  ...long,
  plain(515, 131, 300),
  { ...plain(67, 1031, 300), pad: 1 },
  { ...plain(400, 128, 512), transposeB: true, mode: "bias" },
  { ...plain(256, 600, 515), transposeA: true, mode: "accumulate" },
  { ...plain(301, 300, 257), transposeA: true, transposeB: true, pad: 3, mode: "bias" },
  { ...plain(1, 700, 2050), transposeB: true },
  { ...plain(700, 1, 129), mode: "bias" },
  // A panel of several tiles.
  { ...plain(520, 300, 13), mode: "bias" },
  { ...plain(300, 520, 13), pad: 1 },
  // Tiles of whole rows, and of some columns of few rows.
  { ...plain(140, 1030, 5), mode: "bias" },
  plain(128, 1100, 5),
  { ...plain(33, 40, 65), batch: 23, transposeB: true },
  { ...plain(130, 140, 150), batch: 3, pad: 2, sharesB: true, mode: "bias" },
  { ...plain(64, 64, 32), batch: 40, transposeA: true, sharesA: true, mode: "accumulate" },
];

/** The first element whose bits differ, in words; empty if there is none. Large arrays take long to print. */
function difference(got: Float32Array, expected: Float32Array): string {
  const [bits, expectedBits] = [got, expected].map(({ buffer }) => new Int32Array(buffer as ArrayBuffer));
  const at = bits!.findIndex((word, index) => word !== expectedBits![index]);
  return at < 0 ? "" : `element ${at} is ${got[at]}, expected ${expected[at]}`;
}
function mapRows(
  { batch, m, n, pad }: GemmCase,
  ldc: number,
  product: Float32Array,
  change: (value: number) => number,
): Float32Array {
  const result = product.slice();
  for (let i = 0; i < batch; i++) {
    for (let row = 0; row < m; row++) {
      const at = i * (ldc * m + pad) + row * ldc;
      for (let column = at; column < at + n; column++) result[column] = change(product[column]!);
    }
  }
  return result;
}
