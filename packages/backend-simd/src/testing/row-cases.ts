import fc from "fast-check";
import { anyShape, booleans, floats, integers, positiveSize, product, seed, shapeOf, size } from "./arbitraries.ts";
import type { Given, KernelCall } from "./kernel-call.ts";
import type { KernelCase } from "./kernel-case.ts";

const positive = anyShape(positiveSize);

/** Roundings beside those of additions: of each side's result, of a mean's quotients in the original, and of up to two here. */
const ofResults = 5;

/** Roundings of a sum whose terms are added up in any order in float32; the original adds up in float64. */
const inAnyOrder = (terms: number): number => terms + ofResults;

/**
 * Roundings of a reduction of at most 4000 terms. A term passes at most 71 additions along a row (64 of a running sum of 1024
 * terms, 3 of what is left, 4 of the running sums) and 83 over rows (19 in a panel of 64 rows, 64 of panels).
 */
const ofReduction = (call: KernelCall, axisName: string): number => {
  const { shape } = (call.inputs as { readonly x: Given }).x;
  const axes = call.attributes?.[axisName] as number[];
  return inAnyOrder(Math.min(product(axes.map((axis) => shape[axis]!)), 71 + 83));
};

const reduction = (kernelName: string, axisName: string, sums = false): [string, KernelCase] => [
  kernelName,
  {
    calls: fc
      .record({
        shape: positive,
        seed,
        chosen: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        keepDims: fc.boolean(),
      })
      .map(({ shape, seed: from, chosen, keepDims }) => ({
        kernelName,
        inputs: { x: floats(shape, from) },
        attributes: { [axisName]: shape.map((_, axis) => axis).filter((axis) => chosen[axis]), keepDims },
        accelerated: true,
      }))
      // tfjs takes an empty list of axes for none at all, and a scalar has none.
      .filter(({ attributes }) => (attributes[axisName] as number[]).length > 0),
    roundings: sums ? (call) => ofReduction(call, axisName) : undefined,
  },
];

const rowwise = (kernelName: string, axisName: string): [string, KernelCase] => [
  kernelName,
  {
    calls: positive
      .filter((shape) => shape.length > 0)
      .chain((shape) =>
        seed.map((from) => ({
          kernelName,
          inputs: { logits: floats(shape, from, { scale: 30 }) },
          attributes: { [axisName]: shape.length - 1 },
          accelerated: true,
        })),
      ),
    tolerance: { absolute: 1e-6, relative: 1e-5 },
  },
];

const argMax: KernelCase = {
  calls: fc
    .record({ shape: positive.filter((shape) => shape.length > 0), seed, few: fc.boolean() })
    .map(({ shape, seed: from, few }) => {
      const x = floats(shape, from, { specials: true });
      // Few different values make ties, of which the first wins.
      const values = few ? x.values.map(Math.round) : x.values;
      return {
        kernelName: "ArgMax",
        inputs: { x: { ...x, values } },
        attributes: { axis: [shape.length - 1] },
        accelerated: true,
      };
    }),
};

const products = fc.record({
  batchA: fc.constantFrom([], [1], [3], [2, 3], [1, 1]),
  batchB: fc.constantFrom([], [1], [3], [2, 3]),
  m: size,
  k: size,
  n: size,
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  seed,
});

function operandsOf({
  batchA,
  batchB,
  m,
  k,
  n,
  transposeA,
  transposeB,
  seed: from,
}: typeof products extends fc.Arbitrary<infer Sizes> ? Sizes : never) {
  const same = product(batchA) === product(batchB) || product(batchA) === 1 || product(batchB) === 1;
  const outerB = same ? batchB : batchA;
  return {
    a: floats([...batchA, ...(transposeA ? [k, m] : [m, k])], from, { scale: 1 }),
    b: floats([...outerB, ...(transposeB ? [n, k] : [k, n])], from + 1, { scale: 1 }),
  };
}

/** Each product of a pair is rounded, or fused into an addition; a bias is added. */
const ofProduct = ({ inputs, attributes }: KernelCall): number => {
  const { a } = inputs as { readonly a: Given };
  return inAnyOrder(a.shape.at(attributes?.transposeA ? -2 : -1)! + 2);
};

const batchMatMul: KernelCase = {
  calls: products.map((sizes) => ({
    kernelName: "BatchMatMul",
    inputs: operandsOf(sizes),
    attributes: { transposeA: sizes.transposeA, transposeB: sizes.transposeB },
    accelerated: true,
  })),
  roundings: ofProduct,
};

const activation = fc.constantFrom("linear", "relu", "relu6", "sigmoid", "elu");

const fusedMatMul: KernelCase = {
  calls: fc
    .record({ sizes: products, activation, bias: fc.constantFrom("none", "row", "scalar") })
    .map(({ sizes, activation: name, bias }) => {
      const { transposeA, transposeB, n, seed: from } = sizes;
      const added = { row: { bias: floats([n], from + 2) }, scalar: { bias: floats([1], from + 2) }, none: {} }[bias];
      return {
        kernelName: "_FusedMatMul",
        inputs: { ...operandsOf(sizes), ...added },
        attributes: { transposeA, transposeB, activation: name },
        accelerated: name !== "elu",
      };
    }),
  // Of the sigmoid itself.
  tolerance: { absolute: 0, relative: 1e-6 },
  roundings: ofProduct,
};

const gather: KernelCase = {
  calls: fc
    .record({
      rows: positiveSize,
      row: anyShape().map((shape) => shape.slice(0, 2)),
      ids: shapeOf(2),
      integer: fc.boolean(),
      seed,
    })
    .map(({ rows, row, ids, integer, seed: from }) => ({
      kernelName: "GatherV2",
      inputs: {
        x: integer ? integers([rows, ...row], from, 100) : floats([rows, ...row], from),
        indices: integers(ids, from + 1, rows),
      },
      attributes: { axis: 0, batchDims: 0 },
      accelerated: true,
    })),
};

const segmentSum: KernelCase = {
  calls: fc
    .record({ rows: positiveSize, columns: positiveSize, segments: positiveSize, seed })
    .map(({ rows, columns, segments, seed: from }) => ({
      kernelName: "UnsortedSegmentSum",
      inputs: { x: floats([rows, columns], from), segmentIds: integers([rows], from + 1, segments + 1) },
      attributes: { numSegments: segments },
      accelerated: true,
    })),
  roundings: ({ inputs }) => inAnyOrder((inputs as { readonly x: Given }).x.shape[0]!),
};

const oneHot: KernelCase = {
  calls: fc.record({ shape: shapeOf(1), depth: positiveSize, seed }).map(({ shape, depth, seed: from }) => ({
    kernelName: "OneHot",
    inputs: { indices: integers(shape, from, depth + 2) },
    attributes: { dtype: "float32", depth, onValue: 2, offValue: -1 },
    accelerated: true,
  })),
};

/** A kernel that is meant for other types takes the original's way. */
const sumOfOthers: KernelCase = {
  calls: fc.record({ shape: positive, seed, bool: fc.boolean() }).map(({ shape, seed: from, bool }) => ({
    kernelName: "Sum",
    inputs: { x: bool ? booleans(shape, from) : integers(shape, from, 9) },
    attributes: { axis: shape.map((_, axis) => axis), keepDims: false },
    accelerated: false,
  })),
};

/** Kernels that work on rows, matrices and tables. */
export const rowCases: Readonly<Record<string, KernelCase>> = Object.fromEntries([
  reduction("Sum", "axis", true),
  reduction("Mean", "axis", true),
  reduction("Max", "reductionIndices"),
  reduction("Min", "axis"),
  ["Sum of integers", sumOfOthers],
  ["ArgMax", argMax],
  rowwise("Softmax", "dim"),
  ["BatchMatMul", batchMatMul],
  ["_FusedMatMul", fusedMatMul],
  ["GatherV2", gather],
  ["UnsortedSegmentSum", segmentSum],
  ["OneHot", oneHot],
]);
