import { createRandom } from "@trivium/core";
import { type Tensor, tf } from "../tf.ts";
import { type Grid, grid } from "./grid.ts";

/** An argument of a case: its shape, its type, and how its elements are drawn. */
export interface Input {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "bool";
  readonly draw: (uniform: () => number) => number;
}

/** Uniform float32 numbers in [low, high). Default [−1, 1). */
export const floats = (shape: readonly number[], low = -1, high = 1): Input => ({
  shape,
  dtype: "float32",
  draw: (uniform) => Math.fround(low + (high - low) * uniform()),
});

/** Uniform integers in [0, bound). */
export const integers = (shape: readonly number[], bound: number): Input => ({
  shape,
  dtype: "int32",
  draw: (uniform) => Math.floor(bound * uniform()),
});

/** Fair coins. */
export const booleans = (shape: readonly number[]): Input => ({
  shape,
  dtype: "bool",
  draw: (uniform) => (uniform() < 0.5 ? 0 : 1),
});

/** Exactly these numbers, in row-major order. */
export function exactly(shape: readonly number[], dtype: Input["dtype"], values: readonly number[]): Input {
  let next = 0;
  return { shape, dtype, draw: () => values[next++ % values.length]! };
}

/** The values of an input, the same in each run of the case of that name. */
export function drawInput({ shape, draw }: Input, caseName: string, inputName: string): Grid {
  const random = createRandom(caseName).split(inputName);
  return grid(shape, () => draw(random.uniform));
}

/** A tensor of those values on the active backend. */
export function toTensor({ shape, values }: Grid, dtype: Input["dtype"]): Tensor {
  const data = dtype === "float32" ? Float32Array.from(values) : Int32Array.from(values);
  return tf.tensor(dtype === "bool" ? Uint8Array.from(data) : data, [...shape], dtype);
}
