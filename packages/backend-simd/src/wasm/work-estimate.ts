import type { Work } from "../threads/cut-job.ts";
import { unaryCodes } from "./codes.ts";

/** Elements of a cache line. */
const LINE = 16;
/** Bytes that are moved, per nanosecond. */
const BYTES = 16;
/** Sums and comparisons of elements that are read once, per nanosecond. */
const ELEMENTS = 4;
/** Exponentials and the like, per nanosecond. */
const TRANSCENDENTALS = 1;

const { Exp, Log, Rsqrt, Tanh, Sigmoid, Erf } = unaryCodes;
const curvedUnary = new Set([Exp, Log, Rsqrt, Tanh, Sigmoid, Erf]);

const elements = (nanoseconds: number): Work => ({ nanoseconds, granule: LINE });
const rows = (columns: number, perNanosecond: number): Work => ({ nanoseconds: columns / perNanosecond, granule: 1 });
const flat = elements(1 / ELEMENTS);
const toBytes: Work = { ...flat, granule: 4 * LINE };
const bytes: Work = { nanoseconds: 1 / BYTES, granule: 4 * LINE };
const curved = elements(1 / TRANSCENDENTALS);

type Estimate = (values: readonly number[], units: number) => Work;

/** Estimates from a kernel's arguments, in their places in `WasmKernels`. */
const estimates: Readonly<Record<string, Estimate>> = {
  binary: () => flat,
  compare: () => toBytes,
  logical: () => bytes,
  logicalNot: () => bytes,
  unary: ([code]) => (curvedUnary.has(code!) ? curved : flat),
  clip: () => flat,
  select: () => flat,
  cast: () => toBytes,
  toBf16: () => ({ ...flat, granule: 2 * LINE }),
  fill: () => elements(4 / BYTES),
  oneHot: ([, , depth]) => rows(depth!, ELEMENTS),
  reduce: ([, , , middle, inner]) => ({ nanoseconds: middle! / ELEMENTS, granule: inner === 1 ? 1 : LINE }),
  argMax: ([, , columns]) => rows(columns!, ELEMENTS),
  softmax: ([, , columns]) => rows(columns!, TRANSCENDENTALS),
  softmaxGradient: ([, , , columns]) => rows(columns!, ELEMENTS / 2),
  maskedSoftmax: ([, , , , , keys]) => rows(keys!, TRANSCENDENTALS),
  activation: () => curved,
  columnSums: ([, , , , , columns, panel]) => rows(columns! * panel!, ELEMENTS),
  norm: ([, , , , , , , , columns]) => rows(columns!, ELEMENTS / 2),
  normGradient: ([, , , , , , , , , , columns, panel]) => rows(columns! * panel!, ELEMENTS / 2),
  softmaxCrossEntropy: ([, , , , , columns]) => rows(columns!, TRANSCENDENTALS),
  softmaxCrossEntropyGradient: ([, , , , , , , columns]) => rows(columns!, TRANSCENDENTALS),
  crossEntropyChunk: ([, , , , , columns]) => rows(columns!, TRANSCENDENTALS),
  crossEntropyOfChunks: () => curved,
  dropout: () => curved,
  adamW: ([, , block]) => rows(block!, TRANSCENDENTALS),
  squaredNorms: ([, , block]) => rows(block!, ELEMENTS),
  gatherRows: ([, , , , columns]) => rows(columns!, BYTES / 4),
  packQ8: ([, , k]) => rows(k!, TRANSCENDENTALS),
  rowsOfBf16: ([, k]) => rows(k!, BYTES / 4),
  rowsOfQ8: ([, , , k]) => rows(k!, BYTES / 4),
  // The rows are what takes time, however many segments share them.
  segmentSum: ([, , , height, columns], units) => rows((height! * columns!) / Math.max(1, units), ELEMENTS),
  copyStrided: (values) => rows(values[13]!, BYTES / 4),
};

/** Returns the time of a kernel's work units, for kernels that are worth cutting; undefined for others. */
export const workOf = (kernel: string, values: readonly number[], units: number): Work | undefined =>
  estimates[kernel]?.(values, units);
