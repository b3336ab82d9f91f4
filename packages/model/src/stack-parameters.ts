import type { ParameterTree, Tensor2D } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import { sharedStack } from "./parameter-specs.ts";
import type { ResolvedConfig } from "./resolve-config.ts";

export interface LayerParameters {
  readonly self: ParameterTree;
  readonly cross?: ParameterTree;
  readonly feedForward: ParameterTree;
}

/** The parameters of one stream's stack, wherever they are kept. */
export interface StackParameters {
  /** `[L, M]`, where positions are learned. */
  readonly positions?: Tensor2D;
  /** `[buckets, H]`, T5's bias; one table for all layers of the stack. */
  readonly relative?: Tensor2D;
  readonly layers: readonly LayerParameters[];
  readonly norm?: ParameterTree;
}

/** Finds a stream's stack in the tree: its own, or the shared one with cross-attention of its own. */
export function stackParameters(
  architecture: Architecture,
  config: ResolvedConfig,
  tree: ParameterTree,
  stream: string,
): StackParameters {
  const own = (tree[stream] ?? {}) as Record<string, ParameterTree>;
  const stack = (config.sharedStacks ? tree[sharedStack] : own) as Record<string, ParameterTree>;
  const cross = architecture.streams.indexOf(stream) > 0 ? own.cross : undefined;
  const layers = Object.entries(stack.layers as ParameterTree).map(([index, layer]) => ({
    ...(layer as unknown as LayerParameters),
    ...(cross ? { cross: cross[index] as ParameterTree } : {}),
  }));
  return {
    layers,
    ...(stack.positions ? { positions: stack.positions.weight as Tensor2D } : {}),
    ...(stack.relative ? { relative: stack.relative.weight as Tensor2D } : {}),
    ...(stack.norm ? { norm: stack.norm } : {}),
  };
}
