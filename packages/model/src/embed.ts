import type { PositionRows } from "@trivium/attention";
import {
  embedding,
  type FactoredHead,
  multiplyOut,
  type ParameterTree,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tf,
  type Weight,
} from "@trivium/tensor";
import { schemeOf } from "./positions-config.ts";
import type { ResolvedConfig } from "./resolve-config.ts";
import type { StackParameters } from "./stack-parameters.ts";

/** Tokens to embed. */
export interface EmbedRequest {
  readonly config: ResolvedConfig;
  readonly tree: ParameterTree;
  readonly stack: StackParameters;
  /** `[B · Q]`, row-major. */
  readonly ids: Int32Array;
  /** `[B, Q, M]`, in the place of the embeddings of the ids. */
  readonly tokens?: Tensor | undefined;
  /** Logical positions, `[B or 1][Q]`. */
  readonly positions: PositionRows;
  /** The length of the prefix to which a slot belongs: that of its row, or of its document in a packed row. */
  readonly prefixAt: (row: number, slot: number) => number;
}

/** Token embeddings with their positions: `[B, Q, M]`. */
export function embed(request: EmbedRequest): Tensor3D {
  const { config, stack, positions, prefixAt, tokens = lookUp(request) } = request;
  const scaled = config.scaleEmbeddings ? tf.mul(tokens, Math.sqrt(config.width)) : tokens;
  const rows = tokens.shape[0] as number;
  const placed = schemeOf(config.positions).embed?.({
    parameters: stack.tree,
    positions,
    sizes: config,
    rows,
    prefixAt,
  });
  return (placed ? tf.add(scaled, placed) : scaled) as Tensor3D;
}

function lookUp({ tree, ids, positions }: EmbedRequest): Tensor {
  const length = positions[0]?.length ?? 0;
  return embedding(embeddingOf(tree), tf.tensor2d(ids, [ids.length / length, length], "int32"));
}

const embeddingOf = (tree: ParameterTree): Weight => (tree.embedding as unknown as { weight: Weight }).weight;

/** The map from a model's states to logits: the head, or the embedding where both are tied. */
export function headOf({ head: { softCap } }: ResolvedConfig, tree: ParameterTree): FactoredHead {
  const head = (tree.head ?? {}) as { weight?: Weight; bias?: Tensor1D };
  const { weight = embeddingOf(tree), bias } = head;
  return { weight, transpose: !head.weight, bias, softCap };
}

/** Final states as the head takes them: all leading axes as one, `[R, M]`. */
export function readOutStates({ width, scaleOutputs }: ResolvedConfig, states: Tensor): Tensor2D {
  const rows = tf.reshape(states, [-1, width]) as Tensor2D;
  return scaleOutputs ? tf.mul(rows, width ** -0.5) : rows;
}

/** Logits of final states: `[R, V]`. */
export const readOut = (config: ResolvedConfig, tree: ParameterTree, states: Tensor): Tensor2D =>
  multiplyOut({ states: readOutStates(config, states), head: headOf(config, tree) });
