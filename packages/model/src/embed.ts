import type { PositionRows } from "@trivium/attention";
import { sinusoidalPositions } from "@trivium/nn";
import {
  embedding,
  type FactoredHead,
  multiplyOut,
  type ParameterTree,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tf,
} from "@trivium/tensor";
import type { ResolvedConfig } from "./resolve-config.ts";
import type { StackParameters } from "./stack-parameters.ts";

export interface EmbedRequest {
  readonly config: ResolvedConfig;
  readonly tree: ParameterTree;
  readonly stack: StackParameters;
  /** `[B · Q]`, row-major. */
  readonly ids: Int32Array;
  /** `[B, Q, M]`, in the place of the embeddings of the ids. */
  readonly tokens?: Tensor;
  /** Logical positions, `[B or 1][Q]`. */
  readonly positions: PositionRows;
  /** The length of the prefix to which a slot belongs: that of its row, or of its document in a packed row. */
  readonly prefixAt: (row: number, slot: number) => number;
}

/** Token embeddings with their positions: `[B, Q, M]`. */
export function embed(request: EmbedRequest): Tensor3D {
  const { config, tokens = lookUp(request) } = request;
  const scaled = config.scaleEmbeddings ? tf.mul(tokens, Math.sqrt(config.width)) : tokens;
  const placed = positionStates(request, tokens.shape[0]!);
  return (placed ? tf.add(scaled, placed) : scaled) as Tensor3D;
}

function lookUp({ tree, ids, positions }: EmbedRequest): Tensor {
  const length = positions[0]?.length ?? 0;
  const table = (tree.embedding as ParameterTree).weight as Tensor2D;
  return embedding(table, tf.tensor2d(ids, [ids.length / length, length], "int32"));
}

function positionStates(request: EmbedRequest, rows: number): Tensor | undefined {
  const { config, stack, positions } = request;
  if (config.positions === "sinusoidal") return sinusoidalPositions(positions, config.width);
  if (!stack.positions) return undefined;
  const places = config.restartPositions ? restarted(request, rows) : positions.map((row) => row.map(placeOf));
  return embedding(stack.positions, tf.tensor2d(places, undefined, "int32"));
}

/** Padding stands at position 0: nothing sees it. */
const placeOf = (position: number): number => Math.max(0, position);

/**
 * Behind the prefix the count starts again: in the second half of the table, or in the first of one that has no other
 * because the prefix is in another stack.
 */
function restarted({ config, stack, positions, prefixAt }: EmbedRequest, rows: number): number[][] {
  const restart = (stack.positions as Tensor2D).shape[0] - config.length;
  return Array.from({ length: rows }, (_, row) => {
    const own = positions[positions.length === 1 ? 0 : row] as readonly number[];
    return own.map((position, slot) => {
      const prefix = prefixAt(row, slot);
      return prefix > 0 && position >= prefix ? restart + position - prefix : placeOf(position);
    });
  });
}

/** The map from a model's states to logits: the head, or the embedding where both are tied. */
export function headOf({ head, embedding: table }: ParameterTree): FactoredHead {
  const { weight } = (head ?? table) as { weight: Tensor2D };
  return { weight, transpose: !head };
}

/** Final states as the head takes them: all leading axes as one, `[R, M]`. */
export function readOutStates({ width, scaleOutputs }: ResolvedConfig, states: Tensor): Tensor2D {
  const rows = tf.reshape(states, [-1, width]) as Tensor2D;
  return scaleOutputs ? tf.mul(rows, width ** -0.5) : rows;
}

/** Logits of final states: `[R, V]`. */
export const readOut = (config: ResolvedConfig, tree: ParameterTree, states: Tensor): Tensor2D =>
  multiplyOut({ states: readOutStates(config, states), head: headOf(tree) });
