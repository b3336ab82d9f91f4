import type { PositionRows } from "@trivium/attention";
import { norm, type ProjectedKeyValues, projectKeyValues } from "@trivium/nn";
import type { ParameterTree, Tensor3D } from "@trivium/tensor";
import { schemeOf } from "./positions-config.ts";
import { queryKeyNormOf, type ResolvedConfig } from "./resolve-config.ts";
import type { LayerParameters, StackParameters } from "./stack-parameters.ts";

export interface Memory {
  /** The final states of another stream, `[B, K, M]`. */
  readonly states: Tensor3D;
  /** `[B or 1][K]`. */
  readonly positions: PositionRows;
}

/**
 * The keys and values of another stream's final states for each layer of a stack, by the maps that the layer has for its
 * own tokens: through its norm too, where that stands before the branch.
 *
 * @source After Zhang et al. 2022, whose text was not at hand, https://arxiv.org/abs/2202.00528; merged attention of T5Gemma 2,
 *   https://arxiv.org/abs/2512.14856
 */
export function memoryKeyValues(
  config: ResolvedConfig,
  { layers }: StackParameters,
  { states, positions }: Memory,
): (layer: number) => ProjectedKeyValues {
  const { keyValueHeads, headWidth, norm: normOptions } = config;
  const rotary = schemeOf(config.positions).rotate?.(positions, headWidth);
  const queryKeyNorm = queryKeyNormOf(config);
  return (layer) => {
    const { self } = layers[layer] as LayerParameters;
    const input = normOptions.placement === "pre" ? norm(self.norm as ParameterTree, states, normOptions) : states;
    return projectKeyValues(self, input, { keyValueHeads, rotary, queryKeyNorm });
  };
}
