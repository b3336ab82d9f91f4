/** An array as a file holds it: row-major values and their shape. */
export type NamedArray =
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "I32"; readonly shape: readonly number[]; readonly data: Int32Array };

/** Arrays by name: the weights of a model, or the moments of an optimiser. */
export type NamedArrays = Readonly<Record<string, NamedArray>>;

/** Counts the values of an array of this shape. A scalar (`[]`) has one. */
export const elementCount = (shape: readonly number[]): number => shape.reduce((count, size) => count * size, 1);
