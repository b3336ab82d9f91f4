import { type AttentionKernel, reference } from "@trivium/attention";
import type { ModelInput } from "@trivium/features";
import { createModel, type LanguageModel } from "@trivium/model";
import { tf } from "@trivium/tensor";
import { type ObservedAttention, observeAttention } from "./observe-attention.ts";
import type { ProbedModel } from "./probed-model.ts";

/** The attention of one layer of one stream. */
export interface LayerAttention extends ObservedAttention {
  /** The stream whose tokens ask. */
  readonly stream: string;
  /** From 0. */
  readonly layer: number;
  /** The tokens that are asked: the stream's own, or those of the stream before. Merged attention counts as self-attention. */
  readonly over: "self" | "cross";
}

export interface ReadAttentionOptions extends Pick<ProbedModel, "model" | "parameters"> {
  readonly input: ModelInput;
  /** The kernel to run with. Default: the reference. */
  readonly attention?: AttentionKernel | undefined;
}

/** Tells if cross-attention is a block of its own. */
export const crosses = ({ architecture, config }: Pick<LanguageModel, "architecture" | "config">): boolean =>
  architecture.crossMask !== undefined && config.crossAttention !== "merged";

/**
 * Runs a model once, without dropout, and shows the attention of every layer to a reader: stream by stream, layer by layer,
 * self-attention before cross-attention. The tensors are gone when the reader returns.
 *
 * @throws what `states` of the model throws.
 * @example readAttention({ model, parameters, input: batch }, ({ layer, weights }) => console.log(layer, weights.shape))
 */
export function readAttention(
  { model: { architecture, config }, parameters, input, attention = reference() }: ReadAttentionOptions,
  read: (attention: LayerAttention) => void,
): void {
  let place = { stream: "", layer: 0, calls: 0 };
  const kernel = observeAttention(attention, (observed) => {
    const { stream, layer, calls } = place;
    place.calls += 1;
    read({ ...observed, stream, layer, over: calls === 0 ? "self" : "cross" });
  });
  const twin = createModel({ architecture, config, attention: kernel });
  tf.tidy(() => {
    twin.states(parameters, input, {
      onStates({ stream, layer }) {
        place = { stream, layer, calls: 0 };
        return undefined;
      },
    });
  });
}
