/** How far a backend may be from the float64 oracle: `|got − expected| ≤ tolerance · max(1, |expected|)`. */
export interface Tolerance {
  readonly forward: number;
  readonly gradient: number;
}

/** What the backend computes with; WebGL on some phones has half precision only. */
export type Precision = "float32" | "float16";

/** About 100 roundings of a number near 1. */
const ordinary: Record<Precision, Tolerance> = {
  float32: { forward: 1e-5, gradient: 2e-5 },
  float16: { forward: 2e-2, gradient: 4e-2 },
};

/** Ops that round nothing: they move numbers or answer yes or no. */
const exact: Tolerance = { forward: 0, gradient: 1e-6 };

/** Float32 ops that are worse than ordinary, or better, each with its reason. */
const float32: Readonly<Record<string, Tolerance>> = {
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
  // Shaders use hardware exp, log and tanh, which WGSL and GLSL allow to be off by several units of 2⁻²¹.
  exp: { forward: 3e-5, gradient: 3e-5 },
  log: { forward: 3e-5, gradient: 3e-5 },
  logSoftmax: { forward: 3e-5, gradient: 3e-5 },
  logSumExp: { forward: 3e-5, gradient: 3e-5 },
  softmaxCrossEntropy: { forward: 3e-5, gradient: 3e-5 },
  tanh: { forward: 3e-5, gradient: 3e-5 },
  // Every tfjs backend has the same polynomial, Abramowitz and Stegun 7.1.26, within 1.5e-7; 1 − erf² loses digits.
  erf: { forward: 1e-5, gradient: 2e-5 },
};

/** The tolerance of an op at a precision. */
export function toleranceOf(op: string, precision: Precision): Tolerance {
  return (precision === "float32" ? float32[op] : undefined) ?? ordinary[precision];
}
