import { type ComputeProgram, defineProgram } from "../device/compute-program.ts";
import { activations } from "./activations.ts";

/** Rows and columns of the tile of C that a workgroup computes. */
const TILE = 32;
/** Steps of the summed axis that a workgroup holds at once. */
const DEPTH = 16;
/** Rows and columns of C that an invocation computes. */
const EACH = 4;
const SIDE = TILE / EACH;

/**
 * A matrix product by tiles: `C (+)= op(A) · op(B)`, with a bias of the columns and an activation.
 *
 * A workgroup brings tiles of A and B into its own memory, where each element is read 8 times.
 *
 * @source tiles in shared memory and registers: Volkov and Demmel 2008, https://doi.org/10.1109/SC.2008.5214359
 */
export const product = defineProgram({
  name: "product",
  buffers: {
    a: "read f32", // [M, K], or transposed [K, M]
    b: "read f32", // [K, N], or transposed [N, K]
    bias: "read f32", // [N]
    c: "write f32", // [M, N]
    slope: "write f32", // [M, N], the activation's derivative
  },
  numbers: {
    m: "u32",
    n: "u32",
    k: "u32",
    // Elements from one row to the next.
    lda: "u32",
    ldb: "u32",
    ldc: "u32",
    // The first element of each.
    b_start: "u32",
    bias_start: "u32",
    c_start: "u32",
    transpose_a: "u32",
    transpose_b: "u32",
    accumulate: "u32",
    has_bias: "u32",
    kind: "u32",
    keep_slope: "u32",
  },
  lanes: SIDE * SIDE,
  code: /* wgsl */ `${activations}
var<workgroup> tile_a: array<f32, ${TILE * DEPTH}>; // [DEPTH, TILE]
var<workgroup> tile_b: array<f32, ${TILE * DEPTH}>; // [DEPTH, TILE]

fn element_a(row: u32, step: u32) -> f32 {
  if (row >= numbers.m || step >= numbers.k) {
    return 0.0;
  }
  return a[select(row * numbers.lda + step, step * numbers.lda + row, numbers.transpose_a == 1u)];
}

fn element_b(step: u32, column: u32) -> f32 {
  if (column >= numbers.n || step >= numbers.k) {
    return 0.0;
  }
  let at = select(step * numbers.ldb + column, column * numbers.ldb + step, numbers.transpose_b == 1u);
  return b[numbers.b_start + at];
}

fn finish(row: u32, column: u32, sum: f32) {
  if (row >= numbers.m || column >= numbers.n) {
    return;
  }
  let at = row * numbers.ldc + column;
  var value = sum;
  if (numbers.accumulate == 1u) {
    value += c[numbers.c_start + at];
  }
  if (numbers.has_bias == 1u) {
    value += bias[numbers.bias_start + column];
  }
  let activated = activate(numbers.kind, value);
  c[numbers.c_start + at] = activated.x;
  if (numbers.keep_slope == 1u) {
    slope[at] = activated.y;
  }
}

fn work(group: u32, lane: u32) {
  let tiles = (numbers.n + ${TILE - 1}u) / ${TILE}u;
  let first_row = group / tiles * ${TILE}u;
  let first_column = group % tiles * ${TILE}u;
  let own_row = lane / ${SIDE}u * ${EACH}u;
  let own_column = lane % ${SIDE}u * ${EACH}u;
  var sums: array<vec4f, ${EACH}>;
  for (var start = 0u; start < numbers.k; start += ${DEPTH}u) {
    for (var at = lane; at < ${TILE * DEPTH}u; at += ${SIDE * SIDE}u) {
      // Neighbouring invocations read neighbouring elements, whichever axis is contiguous.
      let along_a = select(at % ${DEPTH}u, at / ${TILE}u, numbers.transpose_a == 1u);
      let row_a = select(at / ${DEPTH}u, at % ${TILE}u, numbers.transpose_a == 1u);
      tile_a[along_a * ${TILE}u + row_a] = element_a(first_row + row_a, start + along_a);
      let along_b = select(at / ${TILE}u, at % ${DEPTH}u, numbers.transpose_b == 1u);
      let column_b = select(at % ${TILE}u, at / ${DEPTH}u, numbers.transpose_b == 1u);
      tile_b[along_b * ${TILE}u + column_b] = element_b(start + along_b, first_column + column_b);
    }
    workgroupBarrier();
    for (var step = 0u; step < min(${DEPTH}u, numbers.k - start); step++) {
      let row_of_b = step * ${TILE}u + own_column;
      let right = vec4f(tile_b[row_of_b], tile_b[row_of_b + 1u], tile_b[row_of_b + 2u], tile_b[row_of_b + 3u]);
      for (var i = 0u; i < ${EACH}u; i++) {
        sums[i] += tile_a[step * ${TILE}u + own_row + i] * right;
      }
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < ${EACH}u; i++) {
    for (var j = 0u; j < ${EACH}u; j++) {
      finish(first_row + own_row + i, first_column + own_column + j, sums[i][j]);
    }
  }
}
`,
});

type NumbersOf<Program> = Program extends ComputeProgram<string, infer Numbers> ? Record<Numbers, number> : never;

/** The numbers of a plain product of contiguous matrices: no bias, no activation, nothing added to. */
export function productNumbers(
  { m, n, k }: { readonly m: number; readonly n: number; readonly k: number },
  { transposeA = false, transposeB = false } = {},
): NumbersOf<typeof product> {
  return {
    m,
    n,
    k,
    lda: transposeA ? m : k,
    ldb: transposeB ? k : n,
    ldc: n,
    b_start: 0,
    bias_start: 0,
    c_start: 0,
    transpose_a: transposeA ? 1 : 0,
    transpose_b: transposeB ? 1 : 0,
    accumulate: 0,
    has_bias: 0,
    kind: 0,
    keep_slope: 0,
  };
}

/** Returns the workgroups of a product. */
export const productGroups = ({ m, n }: { readonly m: number; readonly n: number }): number =>
  Math.ceil(m / TILE) * Math.ceil(n / TILE);
