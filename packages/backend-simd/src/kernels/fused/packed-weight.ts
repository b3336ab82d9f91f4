import { NumericsError } from "@trivium/core";
import type { Output, SimdBackend } from "../../backend/simd-backend.ts";
import type { Epilogue } from "../../gemm/gemm-request.ts";
import { oneProduct } from "../../gemm/gemm-request.ts";
import { unitRowsOf } from "../../gemm/thin.ts";
import { sizeOf } from "../size-of.ts";
import { accelerateFamily, type InputsOf } from "./fused-family.ts";

/** Most rows that read packed weights as they are, and so have the same bits in any company. */
export const MOST_PACKED_ROWS = 32;
/** Weights that are unpacked at a time for products of more rows. */
const UNPACKED = 2 ** 22;
/** Words of 4 bytes that are read where an output's scales are shared out, for rows that are left of a unit. */
const [BLOCK, STREAMS] = [32, 8];

/** A packed matrix in memory. */
interface PackedMatrix {
  readonly words: number;
  readonly scales: number;
  readonly n: number;
  readonly k: number;
}

/** A packed matrix by the shape and the address of its words, and the address of its scales, 0 for bfloat16. */
export function matrixOf([n = 0, width = 0]: readonly number[], words: number, scales: number): PackedMatrix {
  return { words, scales, n, k: width * (scales ? 4 : 2) };
}

const givenMatrix = ({ words, scales }: Pick<InputsOf<"packedRows">, "words" | "scales">): PackedMatrix =>
  matrixOf(words.shape, words.data.address, scales?.data.address ?? 0);

/** Number of words that hold the scales of a matrix: those of 8 outputs side by side, and of each that is left over. */
function scaleWords(n: number, k: number): number {
  const rows = unitRowsOf({ n, k, scales: 1 });
  const [whole, left] = [Math.floor(n / rows), n % rows];
  const groups = (whole * rows) / STREAMS + Math.floor(left / STREAMS) + (left % STREAMS);
  return (groups * STREAMS * (k / BLOCK)) / 2;
}

/** Unpacks the rows that are named by ids at an address, or all from the first one on. */
function unpack(
  backend: SimdBackend,
  matrix: PackedMatrix,
  rows: { count: number; ids: number; first: number; to: number },
) {
  const { words, scales, n, k } = matrix;
  const { count, ids, first, to } = rows;
  if (scales) backend.run("rowsOfQ8", count, words, scales, n, k, unitRowsOf(matrix), ids, first, to);
  else backend.run("rowsOfBf16", count, words, k, ids, first, to);
}

/** A product of many rows: the weights are unpacked a part at a time. */
function multiplyMany(
  backend: SimdBackend,
  matrix: PackedMatrix,
  given: { m: number; a: number; c: number; bias: number; epilogue: Epilogue | undefined },
) {
  const { m, a, c, bias, epilogue } = given;
  const { n, k } = matrix;
  const most = Math.max(1, Math.floor(UNPACKED / k));
  const scratch = backend.allocate([Math.min(n, most), k], "float32");
  for (let first = 0; first < n; first += most) {
    const count = Math.min(most, n - first);
    unpack(backend, matrix, { count, ids: 0, first, to: scratch.address });
    const sizes = { m, n: count, k, lda: k, ldb: k, ldc: n };
    const places = { a, b: scratch.address, c: c + 4 * first, bias: bias && bias + 4 * first };
    backend.multiply({ ...oneProduct, ...sizes, ...places, transposeB: true, epilogue });
  }
  backend.disposeIntermediateTensorInfo(scratch);
}

/** Weights of fewer bits, and products by them. */
export const packedWeightKernels = accelerateFamily("packed-weight", {
  packWeight(backend, { weight: { shape, data } }, { format }) {
    const [n, k] = shape as [number, number];
    const isBf16 = format === "bf16";
    const words = backend.allocate([n, k / (isBf16 ? 2 : 4)], "int32");
    if (isBf16) {
      backend.run("toBf16", n * k, data.address, words.address);
      return [words];
    }
    const scales = backend.allocate([scaleWords(n, k)], "int32");
    const rows = unitRowsOf({ n, k, scales: scales.address });
    const bad = backend.run("packQ8", n, data.address, n, k, rows, words.address, scales.address);
    if (bad < 0) return [words, scales];
    for (const output of [words, scales]) backend.disposeIntermediateTensorInfo(output);
    throw new NumericsError(
      "tensor/weights",
      `output ${bad} of a matrix [${n}, ${k}] has weights that are NaN, infinite or above 8.3e6, which q8 cannot hold; ` +
        "hold weights as bf16 or f32",
    );
  },
  packedLinear(backend, { x, bias, ...packed }, { activation }) {
    const matrix = givenMatrix(packed);
    const outer = x.shape.slice(0, -1);
    const y: Output = backend.allocate([...outer, matrix.n], "float32");
    const epilogue = activation === "none" ? undefined : { activation, slope: 0 };
    const places = { a: x.data.address, c: y.address, bias: bias?.data.address ?? 0 };
    const m = sizeOf(outer);
    if (m > MOST_PACKED_ROWS) multiplyMany(backend, matrix, { ...places, m, epilogue });
    else if (m > 0) backend.multiplyPacked({ ...matrix, ...places, m, epilogue });
    return [y];
  },
  packedRows(backend, { ids, ...packed }) {
    const matrix = givenMatrix(packed);
    const count = ids.data.length;
    const values = ids.data.values as Int32Array;
    if (!values.every((id) => id >= 0 && id < matrix.n)) return undefined;
    const rows = backend.allocate([count, matrix.k], "float32");
    unpack(backend, matrix, { count, ids: ids.data.address, first: 0, to: rows.address });
    return [rows];
  },
});
