import { ConfigError, ShapeError } from "@trivium/core";
import { assertInteger } from "../assert-integer.ts";
import type { MaskParts } from "../create-mask.ts";
import type { DenseMask } from "../lowerings/to-dense.ts";
import type { Mask } from "../mask.ts";
import { mask } from "../mask-plugin.ts";

export interface DenseOptions {
  /** Row-major zeros and ones (or booleans), of any array-like type. */
  readonly values: ArrayLike<number | boolean>;
  /** `[B or 1, H or 1, Q, K]`. */
  readonly shape: readonly number[];
  /** The meaning of 1 in the values: `"visible"` in HF and JAX, `"masked"` in torch's MultiheadAttention. */
  readonly ones: "visible" | "masked";
}

export const denseMask = mask("dense", denseParts, {
  description: "A matrix of ones and zeros.",
  parameters: ["values", "shape", "ones"],
});

/**
 * Reads a dense mask of another library, which must say what its ones mean.
 *
 * @throws {ShapeError} `masks/dense-shape` if the shape is not `[B, H, Q, K]` or does not fit the values.
 * @throws {ConfigError} `masks/dense-values` if a value is neither 0 nor 1, `masks/dense-ones` if `ones` is neither.
 * @example [...readDense({ values: [0, 1], shape: [1, 1, 1, 2], ones: "masked" }).values] // => [1, 0]
 */
export function readDense({ values, shape, ones }: DenseOptions): DenseMask {
  const count = shape.reduce((product, size) => product * size, 1);
  if (shape.length !== 4 || count !== values.length) {
    const got = `[${shape.join(", ")}] and ${values.length} values`;
    const message = `a dense mask should be [B, H, Q, K] with as many values, got ${got}`;
    throw new ShapeError("masks/dense-shape", message, { details: { shape, values: values.length } });
  }
  for (const size of shape) assertInteger("masks/dense-shape", "shape", size, 0);
  if (ones !== "visible" && ones !== "masked") {
    throw new ConfigError("masks/dense-ones", `ones should be "visible" or "masked", got ${JSON.stringify(ones)}`);
  }
  const bytes = Uint8Array.from(values, (value, index) => {
    const bit = Number(value);
    if (bit !== 0 && bit !== 1) {
      throw new ConfigError("masks/dense-values", `values[${index}] should be 0 or 1, got ${value}`);
    }
    return ones === "visible" ? bit : 1 - bit;
  });
  return { values: bytes, shape: [...shape] } as unknown as DenseMask;
}

/**
 * A dense mask as a mask like any other, to be combined, drawn or searched for leaks. Positions outside are hidden.
 * An axis of size 1 for rows or heads means "the same for all".
 *
 * ```
 * dense({ values: [1, 0, 1, 1], shape: [1, 1, 2, 2], ones: "visible" })
 * █·
 * ██
 * ```
 * @throws the errors of {@link readDense}.
 * @example dense({ values: [1, 0, 1, 1], shape: [1, 1, 2, 2], ones: "visible" }).visible(0, 0, 0, 1) // => false
 */
export const dense: (options: DenseOptions) => Mask = denseMask.create;

function denseParts(options: DenseOptions): MaskParts {
  const { values, shape } = readDense(options);
  const [rows, heads, queries, keys] = shape;
  const at = (b: number, h: number) => ((rows === 1 ? 0 : b) * heads + (heads === 1 ? 0 : h)) * queries;
  return {
    options: { values: [...values], shape: [...shape], ones: "visible" },
    rows: rows === 1 ? null : rows,
    heads: heads === 1 ? null : heads,
    visible: (b, h, q, k) => q >= 0 && q < queries && k >= 0 && k < keys && values[(at(b, h) + q) * keys + k] === 1,
  };
}
