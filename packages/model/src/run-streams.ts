import type { AttentionKernel } from "@trivium/attention";
import type { ModelInput, StreamRows } from "@trivium/features";
import { type KeyValues, projectKeyValues, splitKeyValues } from "@trivium/nn";
import { type ParameterTree, type Tensor, type Tensor2D, type Tensor3D, tf } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import { embed } from "./embed.ts";
import { crossMaskFor, isBidirectional, positionsOf, prefixLookup, selfMaskFor } from "./input-masks.ts";
import type { ForwardOptions } from "./model.ts";
import type { ResolvedConfig } from "./resolve-config.ts";
import { runStack, type StackRun } from "./run-stack.ts";
import { stackParameters } from "./stack-parameters.ts";

/** What running the streams of a model needs. */
export interface ModelParts {
  readonly architecture: Architecture;
  readonly config: ResolvedConfig;
  readonly kernel: AttentionKernel;
}

export interface RunStreamsOptions {
  /** By stream, `[B, L, M]`: states in the place of embeddings of ids, which are not read then. */
  readonly tokens?: Readonly<Record<string, Tensor>>;
  readonly dropoutSeed?: string | undefined;
  readonly checkpointing?: boolean | undefined;
  readonly onStates?: ForwardOptions["onStates"];
  /** Called with the keys and values of the predicting stream, layer by layer. */
  readonly keepSelf?: (layer: number, keyValues: KeyValues) => void;
  readonly keepCross?: (layer: number, keyValues: KeyValues) => void;
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
    const positions = positionsOf(rows);
    const tokens = options.tokens?.[stream];
    const prefixAt = prefixLookup(input, rows);
    const x = embed({ config, tree, stack, ids: rows.ids, positions, prefixAt, ...(tokens && { tokens }) });
    const predicts = stream === architecture.streams.at(-1);
    const cross = memory && crossRun(parts, { tree, input, stream, memory, keep: options.keepCross });
    const run: StackRun = {
      config,
      kernel: parts.kernel,
      selfMask: selfMaskFor(architecture, input, stream),
      queryPositions: positions,
      keyPositions: positions,
      bidirectional: isBidirectional(architecture, stream),
      ...(predicts && options.keepSelf ? { extend: keepAll(options.keepSelf) } : {}),
      ...(cross ? { cross } : {}),
      dropoutSeed: options.dropoutSeed === undefined ? undefined : `${options.dropoutSeed}/${stream}`,
      checkpointing: options.checkpointing,
      ...(options.onStates ? { onStates: observing(options.onStates, stream) } : {}),
    };
    memory = { stream, states: runStack(stack, x, run) };
  }
  return (memory as { states: Tensor3D }).states;
}

interface CrossRunRequest {
  readonly tree: ParameterTree;
  readonly input: ModelInput;
  readonly stream: string;
  readonly memory: { readonly stream: string; readonly states: Tensor3D };
  readonly keep: RunStreamsOptions["keepCross"];
}

function crossRun({ architecture, config }: ModelParts, request: CrossRunRequest): StackRun["cross"] {
  const { tree, input, stream, memory, keep } = request;
  if (!architecture.crossMask) return undefined;
  const { layers } = stackParameters(architecture, config, tree, stream);
  return {
    mask: crossMaskFor(architecture, input, stream, memory.stream),
    keyValues(layer) {
      const parameters = layers[layer]?.cross as ParameterTree;
      const projected = projectKeyValues(parameters, memory.states, config.keyValueHeads);
      if (!keep) return projected;
      const keyValues = splitKeyValues(projected, config.keyValueHeads);
      keep(layer, keyValues);
      return keyValues;
    },
  };
}

function observing(
  observe: NonNullable<ForwardOptions["onStates"]>,
  stream: string,
): NonNullable<StackRun["onStates"]> {
  return (layer, states) => observe({ stream, layer, states }) ?? states;
}

function keepAll(keep: NonNullable<RunStreamsOptions["keepSelf"]>): NonNullable<StackRun["extend"]> {
  return (layer, fresh) => {
    keep(layer, fresh);
    return fresh;
  };
}

/** The states of the last real token of each row, `[B, M]`. */
export function lastStates(states: Tensor3D, { lengths, length, padding }: StreamRows): Tensor2D {
  const last = lengths.map((real, row) => row * length + (padding === "left" ? length - 1 : real - 1));
  return tf.gather(tf.reshape(states, [-1, states.shape[2]]) as Tensor2D, tf.tensor1d(last, "int32"));
}
