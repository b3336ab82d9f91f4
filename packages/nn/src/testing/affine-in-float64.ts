import type { ParameterTree, Tensor } from "@trivium/tensor";
import { at, type Grid, grid } from "@trivium/tensor/testing/cases";

/** The numbers of a tensor, to compute with in float64. */
export const gridOf = (tensor: Tensor): Grid => ({
  shape: tensor.shape,
  values: Float64Array.from(tensor.dataSync() as Float32Array),
});

/** `x · weight + bias` over the last axis, one product after the other. */
export function affineInFloat64(parameters: ParameterTree, x: Grid): Grid {
  const weight = gridOf(parameters.weight as Tensor);
  const bias = parameters.bias ? gridOf(parameters.bias as Tensor) : undefined;
  const [input, output] = weight.shape as [number, number];
  return grid([...x.shape.slice(0, -1), output], (index) => {
    const column = index.at(-1) as number;
    let sum = bias ? at(bias, [column]) : 0;
    for (let row = 0; row < input; row++) sum += at(x, [...index.slice(0, -1), row]) * at(weight, [row, column]);
    return sum;
  });
}
