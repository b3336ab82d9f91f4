import type { ResolvedConfig } from "@trivium/model";

/** One tensor of a foreign checkpoint, and the parameters that it holds. */
export interface TensorMap {
  /** Its name; further names are copies of the same tensor, which a file may hold as well. */
  readonly names: readonly [string, ...string[]];
  /** Dotted paths of our parameters. Several stand side by side in the last of our axes, as joined projections do. */
  readonly paths: readonly string[];
  /** Whether the two axes are the other way around: `[outputs, inputs]` instead of `[inputs, outputs]`. */
  readonly transposed?: boolean | undefined;
  /** Whether it is a table of which rows are looked up, and no linear map. */
  readonly isTable?: boolean | undefined;
  /** Whether it is a row, `[1, …]`. */
  readonly row?: boolean | undefined;
}

/** A table, which is the same on both sides: embeddings, positions. */
export const table = (names: TensorMap["names"], path: string): TensorMap => ({ names, paths: [path], isTable: true });

/** A linear map as PyTorch's `Linear` has it: `weight [outputs, inputs]`, `bias [outputs]`. */
export const linear = (name: string, path: string): TensorMap[] => [
  { names: [`${name}.weight`], paths: [`${path}.weight`], transposed: true },
  { names: [`${name}.bias`], paths: [`${path}.bias`] },
];

/** Linear maps side by side in one tensor, with our axes: GPT-2's `Conv1D`. */
export const joined = (name: string, paths: readonly string[]): TensorMap[] =>
  ["weight", "bias"].map((part) => ({ names: [`${name}.${part}`], paths: paths.map((path) => `${path}.${part}`) }));

/** A norm: `weight` is our `gain`. */
export const norm = (name: string, path: string): TensorMap[] => [
  { names: [`${name}.weight`], paths: [`${path}.gain`] },
  { names: [`${name}.bias`], paths: [`${path}.bias`] },
];

/** The tensors of layers, by what stands before their names and paths. */
export const layered = (count: number, make: (layer: number) => readonly TensorMap[]): TensorMap[] =>
  Array.from({ length: count }, (_, layer) => make(layer)).flat();

/** The head, `[V, M]`; dropped where it is tied. */
export const head = (name: string): TensorMap[] => linear(name, "head");

/** The number of layers of a stream. */
export const layersIn = ({ layers }: Pick<ResolvedConfig, "layers">, stream: string): number =>
  typeof layers === "number" ? layers : (layers[stream] ?? 0);
