import type { PositionRows } from "@trivium/attention";
import { sinusoidalPositions } from "@trivium/nn";
import { embedding, type ParameterTree, type Tensor, type Tensor2D, type Tensor3D, tf } from "@trivium/tensor";
import type { ResolvedConfig } from "./resolve-config.ts";
import type { StackParameters } from "./stack-parameters.ts";

export interface EmbedRequest {
  readonly config: ResolvedConfig;
  readonly tree: ParameterTree;
  readonly stack: StackParameters;
  /** `[B · Q]`, row-major. */
  readonly ids: Int32Array;
  /** Logical positions, `[B or 1][Q]`. */
  readonly positions: PositionRows;
}

/** Token embeddings with their positions: `[B, Q, M]`. */
export function embed({ config, tree, stack, ids, positions }: EmbedRequest): Tensor3D {
  const length = positions[0]?.length ?? 0;
  const table = (tree.embedding as ParameterTree).weight as Tensor2D;
  const tokens = embedding(table, tf.tensor2d(ids, [ids.length / length, length], "int32"));
  const scaled = config.scaleEmbeddings ? tf.mul(tokens, Math.sqrt(config.width)) : tokens;
  const placed = positionStates(config, stack, positions);
  return (placed ? tf.add(scaled, placed) : scaled) as Tensor3D;
}

/** Padding stands at position 0: nothing sees it. */
function positionStates(config: ResolvedConfig, stack: StackParameters, positions: PositionRows): Tensor | undefined {
  if (config.positions === "sinusoidal") return sinusoidalPositions(positions, config.width);
  if (!stack.positions) return undefined;
  const clamped = positions.map((row) => row.map((position) => Math.max(0, position)));
  return embedding(stack.positions, tf.tensor2d(clamped, undefined, "int32"));
}

/** Logits of states `[R, M]`: `[R, V]`. */
export function readOut(config: ResolvedConfig, tree: ParameterTree, states: Tensor2D): Tensor2D {
  const scaled = config.scaleOutputs ? tf.mul(states, config.width ** -0.5) : states;
  if (tree.head) return tf.matMul(scaled, (tree.head as ParameterTree).weight as Tensor2D);
  return tf.matMul(scaled, (tree.embedding as ParameterTree).weight as Tensor2D, false, true);
}
