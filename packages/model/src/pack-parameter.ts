import { type ParameterTree, packWeight, type Tensor, type Tensor2D, tf, type WeightFormat } from "@trivium/tensor";

/** Tables that are looked up, and so are no matrices of products. */
const TABLES = new Set(["positions", "relative"]);

/**
 * Holds one parameter in a format of weights: packs the matrix of a linear map, or the embedding, if the format can hold it.
 * Biases, norms, tables of positions, and matrices whose number of inputs the format does not take stay float32.
 *
 * @param path - the dotted path of the parameter.
 * @param parameter - consumed if the result is another one.
 * @returns a tensor, or the tensors of a packed weight by name.
 * @throws {UnsupportedError} `tensor/weights` if the active backend cannot hold weights so.
 */
export function packParameter(path: string, parameter: Tensor, format: WeightFormat): Tensor | ParameterTree {
  const [owner, name] = path.split(".").slice(-2);
  if (format === "f32" || name !== "weight" || TABLES.has(owner as string) || parameter.rank !== 2) return parameter;
  const matrix = parameter as Tensor2D;
  // An embedding has a row for each id, which is an output of the head.
  const packed = tf.tidy(() => {
    const weight = packWeight(owner === "embedding" ? matrix : (tf.transpose(matrix) as Tensor2D), format);
    return weight as unknown as { [tensor: string]: Tensor } | undefined;
  });
  if (packed === undefined) return parameter;
  parameter.dispose();
  return packed;
}
