import type { NamedArray, NamedArrays } from "@trivium/checkpoint";

/**
 * Joins the rows of optimiser state that processes own, in the order of the processes. An array that one of them owns whole stays itself.
 *
 * @example
 * const rows = (...values: number[]) => ({ m: { dtype: "F32", shape: [values.length], data: Float32Array.from(values) } }) as const;
 * joinSlices([rows(1, 2), rows(3)]).m?.shape // => [3]
 */
export function joinSlices(slices: readonly NamedArrays[]): NamedArrays {
  const names = [...new Set(slices.flatMap((slice) => Object.keys(slice)))];
  return Object.fromEntries(names.map((name) => [name, joined(slices.flatMap((slice) => slice[name] ?? []))]));
}

function joined(parts: readonly NamedArray[]): NamedArray {
  const [first] = parts as [NamedArray, ...NamedArray[]];
  if (parts.length === 1 || first.dtype !== "F32") return first;
  const data = new Float32Array(parts.reduce((sum, { data }) => sum + data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data as Float32Array, at);
    at += part.data.length;
  }
  return { dtype: "F32", shape: [parts.reduce((sum, { shape }) => sum + shape[0]!, 0), ...first.shape.slice(1)], data };
}
