import type { ModelInput } from "@trivium/features";
import { type LanguageModel, logitsOf } from "@trivium/model";
import { type ParameterTree, tf } from "@trivium/tensor";

/** The states of one stream at one layer, read out. */
export interface HiddenStates {
  readonly stream: string;
  /** 0: embeddings; n: after n layers. */
  readonly layer: number;
  /** M. */
  readonly width: number;
  /** `[B, L, M]` row-major. */
  readonly values: Float32Array;
}

/** The states of every stream at every layer of one forward pass, and the logits, `[B, L, V]`, as numbers. */
export function readStates(
  model: LanguageModel,
  parameters: ParameterTree,
  input: ModelInput,
): { readonly states: readonly HiddenStates[]; readonly logits: Float32Array } {
  const all: HiddenStates[] = [];
  const logits = tf.tidy(
    () =>
      logitsOf(model, parameters, input, {
        onStates({ stream, layer, states }) {
          all.push({ stream, layer, width: states.shape[2], values: states.dataSync() as Float32Array });
          return undefined;
        },
      }).dataSync() as Float32Array,
  );
  return { states: all, logits };
}

/** The state at one slot, flat in `[B, L]`. */
export const stateAt = ({ values, width }: HiddenStates, slot: number): Float32Array =>
  values.subarray(slot * width, (slot + 1) * width);
