type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;

/** The codes of operations: their places in a list of names. The assembly holds the same numbers. */
const codesOf = <Text extends string>(names: Text): Readonly<Record<Words<Text>, number>> =>
  Object.fromEntries(names.split(" ").map((name, code) => [name, code])) as Record<Words<Text>, number>;

/** Codes of the two-operand float32 operations of `WasmKernels.binary`, by tfjs's kernel names. */
export const binaryCodes = codesOf("Add Sub Multiply RealDiv Maximum Minimum SquaredDifference");

/** Codes of the comparisons of `WasmKernels.compare`: 1 where true, else 0; NaN compares as in JavaScript. */
export const compareCodes = codesOf("Equal NotEqual Less LessEqual Greater GreaterEqual");

/** Codes of the operations of `WasmKernels.logical` over bytes that are 0 or 1. */
export const logicalCodes = codesOf("LogicalAnd LogicalOr");

/**
 * Codes of the one-operand float32 operations of `WasmKernels.unary`, by tfjs's kernel names. `Round` rounds half to even,
 * `Sign` of NaN is 0, `Step` is 1 above 0, else 0, and keeps NaN.
 */
export const unaryCodes = codesOf(
  "Neg Abs Exp Log Sqrt Rsqrt Square Reciprocal Relu Relu6 Tanh Sigmoid Erf Floor Ceil Round Sign Step",
);

/** Codes of `WasmKernels.activation`, by `ActivationName` of `@trivium/tensor`. */
export const activationCodes = codesOf("gelu gelu-tanh relu silu tanh");

/**
 * Codes of the reductions of `WasmKernels.reduce`, by tfjs's kernel names. An empty sum is 0, an empty maximum −∞, an
 * empty mean NaN.
 */
export const reduceCodes = codesOf("Sum Mean Max Min");

/** Codes of the conversions of `WasmKernels.cast`; an integer from a float is truncated towards zero. */
export const castCodes = codesOf("float32-int32 int32-float32 bool-float32 float32-bool bool-int32 int32-bool");
