import type { AttentionKernel, PositionRows } from "@trivium/attention";
import type { ModelInput, StreamRows } from "@trivium/features";
import { type ProjectedKeyValues, projectKeyValues } from "@trivium/nn";
import type { ParameterTree, Tensor, Tensor3D } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import { embed } from "./embed.ts";
import { crossMaskFor } from "./input-masks.ts";
import { memoryKeyValues } from "./memory-key-values.ts";
import type { ForwardOptions } from "./model.ts";
import { isMerged, queryKeyNormOf, type ResolvedConfig } from "./resolve-config.ts";
import { runStack, type StackRun } from "./run-stack.ts";
import { stackParameters } from "./stack-parameters.ts";
import { readsBothWays, type StreamLayout, streamLayout } from "./stream-layout.ts";

/** What running the streams of a model needs. */
export interface ModelParts {
  readonly architecture: Architecture;
  readonly config: ResolvedConfig;
  readonly kernel: AttentionKernel;
}

export interface RunStreamsOptions {
  /** By stream, `[B, L, M]`: states in the place of embeddings of ids, which are not read then. */
  readonly tokens?: Readonly<Record<string, Tensor>> | undefined;
  readonly dropoutSeed?: string | undefined;
  readonly recompute?: boolean | undefined;
  readonly onStates?: ForwardOptions["onStates"];
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
  const { architecture, config } = parts;
  let memory: { stream: string; states: Tensor3D } | undefined;
  for (const stream of architecture.streams) {
    const rows = input.streams[stream] as StreamRows;
    const stack = stackParameters(architecture, config, tree, stream);
    const { prefixAt, ...layout } = streamLayout(parts, input, stream);
    const { queryPositions: positions, keyPositions } = layout;
    const tokens = options.tokens?.[stream];
    const x = embed({ config, tree, stack, ids: rows.ids, positions, prefixAt, tokens });
    const predicts = stream === architecture.streams.at(-1);
    const run: StackRun = {
      config,
      kernel: parts.kernel,
      ...layout,
      bidirectional: readsBothWays(parts, stream),
      extend: predicts && options.keepSelf ? keepAll(options.keepSelf, keyPositions) : undefined,
      ...memoryRun(parts, { tree, input, stream, memory, keep: options.keepCross }, layout),
      dropoutSeed: options.dropoutSeed === undefined ? undefined : `${options.dropoutSeed}/${stream}`,
      recompute: options.recompute,
      onStates: options.onStates && observing(options.onStates, stream),
    };
    memory = { stream, states: runStack(stack, x, run) };
  }
  return (memory as { states: Tensor3D }).states;
}

interface MemoryRunRequest {
  readonly tree: ParameterTree;
  readonly input: ModelInput;
  readonly stream: string;
  readonly memory: { readonly stream: string; readonly states: Tensor3D } | undefined;
  readonly keep: RunStreamsOptions["keepCross"];
}

/** How a stream attends to the one before it: in its self-attention, in cross-attention, or not at all. */
function memoryRun(
  { architecture, config }: ModelParts,
  request: MemoryRunRequest,
  { keyPositions }: Pick<StreamLayout, "keyPositions">,
): Pick<StackRun, "memory" | "cross"> {
  const { tree, input, stream, memory, keep } = request;
  if (!architecture.crossMask || !memory) return {};
  const stack = stackParameters(architecture, config, tree, stream);
  if (isMerged(config)) {
    const { states } = memory;
    const positions = keyPositions.map((row) => row.slice(0, states.shape[1]));
    return { memory: memoryKeyValues(config, stack, { states, positions }) };
  }
  const { layers } = stack;
  const { keyValueHeads } = config;
  const queryKeyNorm = queryKeyNormOf(config);
  const cross: StackRun["cross"] = {
    mask: crossMaskFor(architecture, input, stream, memory.stream),
    keyValues(layer) {
      const parameters = layers[layer]?.cross as ParameterTree;
      const projected = projectKeyValues(parameters, memory.states, { keyValueHeads, queryKeyNorm });
      keep?.(layer, projected);
      return projected;
    },
  };
  return { cross };
}

function observing(
  observe: NonNullable<ForwardOptions["onStates"]>,
  stream: string,
): NonNullable<StackRun["onStates"]> {
  return (layer, states) => observe({ stream, layer, states }) ?? states;
}

function keepAll(
  keep: NonNullable<RunStreamsOptions["keepSelf"]>,
  positions: PositionRows,
): NonNullable<StackRun["extend"]> {
  return (layer, fresh) => {
    keep(layer, fresh, positions);
    return fresh;
  };
}
