/** How far a backend may be from the float64 oracle: `|got − expected| ≤ tolerance · max(1, |expected|)`. */
export interface Tolerance {
  readonly forward: number;
  readonly gradient: number;
}

/**
 * What the backend computes with. A shader has float32 numbers but elementary functions as exact as its language demands;
 * WebGL on some phones has half precision only.
 */
export type Precision = "float32" | "float32-shader" | "float16";

/** About 100 roundings of a number near 1. */
const ordinary: Record<Precision, Tolerance> = {
  float32: { forward: 1e-5, gradient: 2e-5 },
  "float32-shader": { forward: 3e-5, gradient: 3e-5 },
  float16: { forward: 2e-2, gradient: 4e-2 },
};

/** Ops that round nothing: they move numbers or answer yes or no. */
const exact: Tolerance = { forward: 0, gradient: 1e-6 };

/** The ops that are exact in both float32 precisions. */
const exactOps: Readonly<Record<string, Tolerance>> = {
  argMax: exact,
  broadcastTo: exact,
  cast: exact,
  concat: exact,
  embedding: exact,
  equal: exact,
  expandDims: exact,
  fill: exact,
  floor: exact,
  gather: exact,
  greater: exact,
  greaterEqual: exact,
  less: exact,
  lessEqual: exact,
  logicalAnd: exact,
  logicalNot: exact,
  logicalOr: exact,
  notEqual: exact,
  oneHot: exact,
  pad: exact,
  reshape: exact,
  slice: exact,
  split: exact,
  squeeze: exact,
  stack: exact,
  tile: exact,
  transpose: exact,
  unstack: exact,
  where: exact,
};

const exceptions: Record<Precision, Readonly<Record<string, Tolerance>>> = {
  float32: exactOps,
  "float32-shader": {
    ...exactOps,
    // WGSL allows an absolute error of 2⁻¹¹ within [−π, π], and SwiftShader comes near it.
    cos: { forward: 5e-4, gradient: 5e-4 },
    sin: { forward: 5e-4, gradient: 5e-4 },
  },
  // Even a number that is only moved may be rounded on the way into a half-precision texture.
  float16: {},
};

/** The tolerance of an op at a precision. */
export function toleranceOf(op: string, precision: Precision): Tolerance {
  return exceptions[precision][op] ?? ordinary[precision];
}
