import type { PositionRows } from "@trivium/attention";
import type { ModelInput, StreamRows } from "@trivium/features";
import { norm, type ProjectedKeyValues, projectKeyValues } from "@trivium/nn";
import type { ParameterTree, Tensor, Tensor3D } from "@trivium/tensor";
import { embed } from "./embed.ts";
import { crossMaskFor } from "./input-masks.ts";
import type { ForwardOptions } from "./model.ts";
import type { ModelParts } from "./model-parts.ts";
import { schemeOf } from "./positions-config.ts";
import { isMerged, queryKeyNormOf, type ResolvedConfig } from "./resolve-config.ts";
import { runStack, type StackRun } from "./run-stack.ts";
import { type LayerParameters, type StackParameters, stackParameters } from "./stack-parameters.ts";
import { readsBothWays, streamLayout } from "./stream-layout.ts";

export interface RunStreamsOptions extends ForwardOptions {
  /** States by stream, `[B, L, M]`, in the place of embeddings of ids, which are not read then. */
  readonly tokens?: Readonly<Record<string, Tensor>> | undefined;
  /**
   * Called with all keys and values that the predicting stream's self-attention reads, layer by layer, and the position
   * of each one.
   */
  readonly keepSelf?: (layer: number, keyValues: ProjectedKeyValues, positions: PositionRows) => void;
  /** Called with the keys and values that its cross-attention reads. */
  readonly keepCross?: (layer: number, keyValues: ProjectedKeyValues) => void;
}

/** Runs every stream in order and returns the last one's final states, `[B, L, M]`. */
export function runStreams(
  parts: ModelParts,
  tree: ParameterTree,
  input: ModelInput,
  options: RunStreamsOptions,
): Tensor3D {
  const { architecture, config, kernel } = parts;
  const { keepSelf, onStates, dropoutSeed } = options;
  let memory: StreamStates | undefined;
  for (const stream of architecture.streams) {
    const { ids } = input.streams[stream] as StreamRows;
    const stack = stackParameters(architecture, config, tree, stream);
    const { prefixAt, ...layout } = streamLayout(parts, input, stream);
    const { queryPositions: positions, keyPositions } = layout;
    const x = embed({ config, tree, stack, ids, positions, prefixAt, tokens: options.tokens?.[stream] });
    const keep = stream === architecture.streams.at(-1) ? keepSelf : undefined;
    const run: StackRun = {
      config,
      kernel,
      ...layout,
      bidirectional: readsBothWays(parts, stream),
      extend(layer, fresh) {
        keep?.(layer, fresh, keyPositions);
        return fresh;
      },
      memory: memory && isMerged(config) ? mergedMemory(config, stack, { memory, keyPositions }) : undefined,
      cross: memory && !isMerged(config) ? crossRun(parts, input, { stream, stack, memory, options }) : undefined,
      dropoutSeed: dropoutSeed === undefined ? undefined : `${dropoutSeed}/${stream}`,
      recompute: options.recompute,
      onStates: onStates && ((layer, states) => onStates({ stream, layer, states }) ?? states),
    };
    memory = { stream, states: runStack(stack, x, run) };
  }
  return (memory as StreamStates).states;
}

interface StreamStates {
  readonly stream: string;
  readonly states: Tensor3D;
}

/**
 * The keys and values of the final states of the stream before for each layer of a stack, by the maps that the layer has
 * for its own tokens: through its norm too, where that stands before the branch. They stand at the head of the key
 * positions.
 *
 * @source After Zhang et al. 2022, whose text was not at hand, https://arxiv.org/abs/2202.00528; merged attention of
 *   T5Gemma 2, https://arxiv.org/abs/2512.14856
 */
function mergedMemory(
  config: ResolvedConfig,
  { layers }: StackParameters,
  { memory: { states }, keyPositions }: { readonly memory: StreamStates; readonly keyPositions: PositionRows },
): StackRun["memory"] {
  const { keyValueHeads, headWidth, norm: options } = config;
  const positions = keyPositions.map((row) => row.slice(0, states.shape[1]));
  const rotary = schemeOf(config.positions).rotate?.(positions, headWidth);
  const queryKeyNorm = queryKeyNormOf(config);
  return (layer) => {
    const { self } = layers[layer] as LayerParameters;
    const input = options.placement === "pre" ? norm(self.norm as ParameterTree, states, options) : states;
    return projectKeyValues(self, input, { keyValueHeads, rotary, queryKeyNorm });
  };
}

interface CrossRunRequest {
  readonly stream: string;
  readonly stack: StackParameters;
  readonly memory: StreamStates;
  readonly options: RunStreamsOptions;
}

/** The cross-attention of a stream to the one before it, if the architecture has any. */
function crossRun(
  { architecture, config }: ModelParts,
  input: ModelInput,
  { stream, stack, memory, options }: CrossRunRequest,
): StackRun["cross"] {
  if (!architecture.crossMask) return undefined;
  const { keyValueHeads } = config;
  const queryKeyNorm = queryKeyNormOf(config);
  return {
    mask: crossMaskFor(architecture, input, stream, memory.stream),
    keyValues(layer) {
      const parameters = stack.layers[layer]?.cross as ParameterTree;
      const projected = projectKeyValues(parameters, memory.states, { keyValueHeads, queryKeyNorm });
      options.keepCross?.(layer, projected);
      return projected;
    },
  };
}
