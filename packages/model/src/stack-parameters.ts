import type { ParameterTree } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import { sharedStack } from "./parameter-specs.ts";
import type { ResolvedConfig } from "./resolve-config.ts";

/** The parameters of one layer. */
export interface LayerParameters {
  readonly self: ParameterTree;
  readonly cross?: ParameterTree | undefined;
  readonly feedForward: ParameterTree;
}

/** The parameters of one stream's stack, wherever they are kept. */
export interface StackParameters {
  /** The whole stack, in which a position scheme finds its own parameters. */
  readonly tree: ParameterTree;
  readonly layers: readonly LayerParameters[];
  readonly embeddingNorm?: ParameterTree | undefined;
  readonly norm?: ParameterTree | undefined;
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
  const layers = Object.entries(stack.layers as ParameterTree).map(([index, given]) => {
    const layer = given as unknown as LayerParameters;
    return cross ? { ...layer, cross: cross[index] as ParameterTree } : layer;
  });
  return { tree: stack, layers, embeddingNorm: stack.embeddingNorm, norm: stack.norm };
}
