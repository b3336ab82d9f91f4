/** Codes of the two-operand float32 operations of `WasmKernels.binary`; the assembly holds the same numbers. */
export const binaryCodes = {
  add: 0,
  subtract: 1,
  multiply: 2,
  divide: 3,
  maximum: 4,
  minimum: 5,
  squaredDifference: 6,
} as const;

/** Codes of the comparisons of `WasmKernels.binary`: 1 where true, else 0; NaN compares as in JavaScript. */
export const compareCodes = { equal: 7, notEqual: 8, less: 9, lessEqual: 10, greater: 11, greaterEqual: 12 } as const;

/** Codes of the operations of `WasmKernels.binary` over bytes that are 0 or 1. */
export const logicalCodes = { and: 13, or: 14, xor: 15 } as const;

/** Codes of the one-operand float32 operations of `WasmKernels.unary`. */
export const unaryCodes = {
  negate: 0,
  abs: 1,
  exp: 2,
  log: 3,
  sqrt: 4,
  rsqrt: 5,
  square: 6,
  reciprocal: 7,
  relu: 8,
  relu6: 9,
  tanh: 10,
  sigmoid: 11,
  erf: 12,
  floor: 13,
  ceil: 14,
  /** Half to even, as tfjs rounds. */
  round: 15,
  /** 1, −1 or 0; of NaN 0. */
  sign: 16,
  /** 1 above 0, else 0; NaN stays NaN. */
  step: 17,
} as const;

/** Codes of `WasmKernels.activation`, under the names of `ActivationName` in `@trivium/tensor`. */
export const activationCodes = { gelu: 0, "gelu-tanh": 1, relu: 2, silu: 3, tanh: 4 } as const;

/** Codes of the reductions of `WasmKernels.reduce`. An empty sum is 0, an empty maximum −∞, an empty mean NaN. */
export const reduceCodes = { sum: 0, mean: 1, max: 2, min: 3 } as const;

/** Codes of the conversions of `WasmKernels.cast`; an integer from a float is truncated towards zero. */
export const castCodes = {
  floatToInt: 0,
  intToFloat: 1,
  boolToFloat: 2,
  floatToBool: 3,
  boolToInt: 4,
  intToBool: 5,
} as const;

export type BinaryName = keyof typeof binaryCodes;
export type CompareName = keyof typeof compareCodes;
export type LogicalName = keyof typeof logicalCodes;
export type UnaryName = keyof typeof unaryCodes;
export type ReduceName = keyof typeof reduceCodes;
export type CastName = keyof typeof castCodes;
