import { ConfigError, ShapeError, UnsupportedError } from "@trivium/core";
import type { ActivationName } from "./fused/activation.ts";
import { fusedKernels } from "./fused/fused-kernels.ts";
import { hasFusedKernel, runFused } from "./fused/fused-op.ts";
import { type Tensor, type Tensor1D, type Tensor2D, tf } from "./tf.ts";

/** The types that weights can be held in for passes without gradients. */
export const weightFormats = ["f32", "bf16", "q8"] as const;
export type WeightFormat = (typeof weightFormats)[number];

/** Inputs of a matrix come in multiples of these. */
const granules = { bf16: 8, q8: 32 } as const;

/**
 * A matrix whose weights have fewer bits, `F` outputs of `M` inputs each, for passes without gradients. It is a small tree
 * of tensors, so that all that holds for trees of parameters holds for one with packed weights.
 *
 * - `bf16`: `[F, M / 2]` int32, two weights a word.
 * - `q8`: `[F, M / 4]` int32, four weights a word, and `scales`: a float16 for each 32 weights of an output, in an order
 *   that is the backend's.
 */
export type PackedWeight =
  | { readonly bf16: Tensor2D; readonly q8?: undefined }
  | { readonly q8: Tensor2D; readonly scales: Tensor1D; readonly bf16?: undefined };

/** A matrix as it is, or packed. */
export type Weight = Tensor2D | PackedWeight;

export const isPacked = (weight: Weight): weight is PackedWeight => !(weight instanceof tf.Tensor);

/** Outputs and inputs of a packed matrix: `[F, M]`. */
export function packedShape(weight: PackedWeight): readonly [outputs: number, inputs: number] {
  const { shape } = weight.bf16 ?? weight.q8;
  return [shape[0], shape[1] * (weight.bf16 ? 2 : 4)];
}

/**
 * Tells if a backend can hold weights in a format.
 *
 * @throws {UnsupportedError} `tensor/weights` if the active backend has no kernels for packed weights.
 * @throws {ConfigError} `tensor/weights` if there is no such format.
 */
export function assertWeightFormat(format: string): asserts format is WeightFormat {
  if (!(weightFormats as readonly string[]).includes(format))
    throw new ConfigError("tensor/weights", `weights are held as ${weightFormats.join(", ")}; got "${format}"`);
  if (format === "f32" || hasFusedKernel(fusedKernels.packWeight)) return;
  const backend = tf.getBackend();
  const problem = `backend "${backend}" cannot hold weights as ${format}`;
  throw new UnsupportedError("tensor/weights", `${problem}; use f32, or the backend "simd"`, {
    details: { backend, format },
  });
}

/**
 * Packs a matrix. The matrix stays the caller's.
 *
 * @param weight - `[F, M]`, an output in each row.
 * @returns undefined if the format does not hold matrices of so many inputs: multiples of 8 for bf16, of 32 for q8.
 * @throws {UnsupportedError} `tensor/weights` if the active backend cannot hold it so.
 * @throws {NumericsError} `tensor/weights` if q8 is to hold NaN, infinities, or numbers above 8.3e6.
 * @source GGUF's Q8_0, `quantize_row_q8_0_ref` of ggml, https://github.com/ggml-org/ggml
 */
export function packWeight(weight: Tensor2D, format: Exclude<WeightFormat, "f32">): PackedWeight | undefined {
  assertWeightFormat(format);
  if (weight.shape[1] % granules[format] !== 0 || weight.size === 0) return undefined;
  const [words, scales] = runFused(fusedKernels.packWeight, { weight }, { format });
  if (format === "bf16") return { bf16: words as Tensor2D };
  return { q8: words as Tensor2D, scales: scales as Tensor1D };
}

const inputsOf = (weight: PackedWeight) =>
  weight.bf16 ? { words: weight.bf16 } : { words: weight.q8, scales: weight.scales };

/** Returns the rows of a packed matrix as float32, `[…, M]`. @param ids - `[…]` int32, each in [0, F). */
export function unpackRows(weight: PackedWeight, ids: Tensor): Tensor {
  const [rows] = runFused(fusedKernels.packedRows, { ...inputsOf(weight), ids: tf.reshape(ids, [-1]) }, {});
  return tf.reshape(rows, [...ids.shape, packedShape(weight)[1]]);
}

/** `f(x · W + b)` by a packed matrix; see `linear`. */
export function packedLinear(
  x: Tensor,
  weight: PackedWeight,
  {
    bias,
    activation = "none",
  }: { readonly bias?: Tensor1D | undefined; readonly activation?: ActivationName | "none" | undefined },
): Tensor {
  const [outputs, inputs] = packedShape(weight);
  if (x.shape.at(-1) !== inputs || (bias && bias.size !== outputs)) {
    const message = `a packed weight of [${outputs}, ${inputs}] (outputs, inputs) does not take x [${x.shape.join(", ")}]`;
    throw new ShapeError("linear/shapes", message, { details: { x: x.shape, outputs, inputs, bias: bias?.shape } });
  }
  const [y] = runFused(fusedKernels.packedLinear, { x, ...inputsOf(weight), bias }, { activation });
  return y;
}
