import type { DistanceBias, PositionRows } from "@trivium/attention";
import { defineKind, type Plugin } from "@trivium/registry";
import type { ParameterTree, SpecTree, Tensor, Tensor4D } from "@trivium/tensor";
import type { WeightRole } from "../initialisation.ts";

/** The rotation of each position: cosines and sines `[B or 1, L, 1, D′]` of the D′ channels that turn. */
export interface Rotation {
  readonly cosine: Tensor4D;
  readonly sine: Tensor4D;
  readonly interleaved: boolean;
}

/** Sizes of the stack whose positions a scheme gives. */
export interface PositionSizes {
  /** M. */
  readonly width: number;
  /** H. */
  readonly heads: number;
  /** D. */
  readonly headWidth: number;
  /** The longest row, in tokens. */
  readonly length: number;
  /** Whether the stack holds a prefix and the tokens behind it, so that positions can start again within the stack. */
  readonly restarts: boolean;
  /** Standard deviation of the initial weights of a role. */
  readonly deviation: (role: WeightRole) => number;
}

/** Tokens of a stack whose embeddings get their positions. */
export interface EmbedPositionsRequest {
  /** The stack's parameters, by the names of the scheme's specifications. */
  readonly parameters: ParameterTree;
  /** Logical positions, `[B or 1][Q]`; −1 is padding. */
  readonly positions: PositionRows;
  readonly sizes: Pick<PositionSizes, "width" | "length">;
  /** B, the number of rows. */
  readonly rows: number;
  /** The length of the prefix to which a slot belongs, or 0. */
  readonly prefixAt: (row: number, slot: number) => number;
}

/** Heads of self-attention whose logits get a bias by distance. */
export interface PositionBiasRequest {
  readonly parameters: ParameterTree;
  readonly heads: number;
  /** Whether some queries see later keys. */
  readonly bidirectional: boolean;
}

/**
 * A way for tokens to know their places. A scheme acts where it has a function: on embeddings, on queries and keys, or on
 * the logits of self-attention.
 */
export interface PositionScheme {
  readonly kind: string;
  /** Returns what is wrong with the sizes, if anything, beginning with the name of the field. */
  check?(sizes: Pick<PositionSizes, "headWidth">): string | undefined;
  /** Parameters of one stack. */
  specs?(sizes: PositionSizes): SpecTree;
  /** `[B or 1, Q, M]`, added to the embeddings. */
  embed?(request: EmbedPositionsRequest): Tensor;
  /** The rotation of queries and keys of head width D at their positions. */
  rotate?(positions: PositionRows, headWidth: number): Rotation;
  /** The bias of self-attention by the distance of key and query. */
  bias?(request: PositionBiasRequest): DistanceBias;
}

/** The kind of position schemes: a function from options to a scheme. */
export const positions = defineKind<(options: never) => PositionScheme>()("positions");

/** A plugin of that kind. */
export type PositionsPlugin<Name extends string = string> = Plugin<
  "positions",
  Name,
  (options: never) => PositionScheme
>;

/** Padding stands at position 0, since nothing sees it. */
export const placeOf = (position: number): number => Math.max(0, position);
