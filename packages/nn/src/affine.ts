import {
  activation,
  type LinearMap,
  type LinearOptions,
  linear,
  linears,
  type ParameterTree,
  type SpecTree,
  type Tensor,
  tf,
} from "@trivium/tensor";
import { changeByDropping, type DroppedAdapter } from "./dropped-adapter.ts";

export interface AffineOptions {
  readonly input: number;
  readonly output: number;
  readonly bias: boolean;
  /** Standard deviation of the initial weights. */
  readonly deviation: number;
}

/** `weight [input, output]`, and `bias [output]` starting at 0. */
export function affineSpec({ input, output, bias, deviation }: AffineOptions): SpecTree {
  const weight = { shape: [input, output], initial: { deviation } };
  return bias ? { weight, bias: { shape: [output], initial: { constant: 0 } } } : { weight };
}

/** A map, and a low-rank adapter of it some of whose inputs are dropped, if it has one. */
export interface AffineMap extends LinearMap, LinearOptions {
  readonly adapter?: DroppedAdapter | undefined;
}

/** `x · weight + bias` over the last axis, and an activation of it if one is given. */
export const affine = (parameters: ParameterTree, x: Tensor): Tensor => applyMap(parameters as unknown as AffineMap, x);

/** The same of a map that has its activation with it. */
export function applyMap({ weight, bias, adapter, activation: name }: AffineMap, x: Tensor): Tensor {
  if (!adapter) return linear(x, weight, bias, { activation: name });
  const y = tf.add(linear(x, weight, bias), changeByDropping(x, adapter));
  return name ? activation(y, name) : y;
}

/** Several of them of the same input. */
export function affines(parameters: readonly ParameterTree[], x: Tensor): Tensor[] {
  const maps = parameters as unknown as readonly AffineMap[];
  return maps.some(({ adapter }) => adapter) ? maps.map((map) => applyMap(map, x)) : linears(x, maps);
}
