import type { DistanceBias, KeyValuePages } from "@trivium/attention";
import type { ParameterTree, Tensor2D } from "@trivium/tensor";
import type { DecodingState } from "./decoder.ts";
import type { ModelParts } from "./model-parts.ts";
import type { StackParameters } from "./stack-parameters.ts";

/** What a pass gives of new tokens. */
export interface TokenResults {
  /** `[R, M]`; absent where they are neither asked for nor needed. */
  readonly states: Tensor2D | undefined;
  /** `[R, V]`; absent where they are still to be read out of the states. */
  readonly logits?: Tensor2D | undefined;
}

/** The parts that all states of a decoder share. */
export interface DecoderParts {
  readonly model: ModelParts;
  readonly tree: ParameterTree;
  /** The stack of the predicting stream. */
  readonly stack: StackParameters;
  /** Keys and values of the predicting stream's self-attention, then those of its cross-attention if it has any. */
  readonly storages: readonly [self: KeyValuePages, cross?: KeyValuePages];
  /** True if positions of the predicting stream see later ones. */
  readonly bidirectional: boolean;
  readonly bias: DistanceBias | undefined;
  readonly states: Set<DecodingState>;
}

/** New tokens of some rows, side by side. */
export interface NewTokens {
  readonly ids: Int32Array;
  readonly counts: Int32Array;
  /** The row of each token. */
  readonly rows: Int32Array;
  readonly positions: Int32Array;
}
