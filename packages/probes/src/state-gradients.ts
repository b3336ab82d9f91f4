import { createRandom } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import { type LanguageModel, logitsOf } from "@trivium/model";
import { disposeTree, type ParameterTree, type Tensor, type Tensor3D, tf, valueAndGradients } from "@trivium/tensor";

/** The strength of each slot's influence by stream, flat in `[B, L]`. */
export type SlotNorms = Readonly<Record<string, readonly number[]>>;

/**
 * Returns the norm of the gradient of each prediction's logits with respect to the embedding in every slot. Fixed
 * random weights sum the logits, so that none cancels. The embedding is that of the slot alone, so that a tied head and
 * repeated ids do not mix in.
 *
 * @param predictions - positions of the last stream, flat in `[B, L]`.
 */
export function stateGradients(
  model: LanguageModel,
  parameters: ParameterTree,
  input: ModelInput,
  predictions: readonly number[],
): SlotNorms[] {
  const { architecture, config } = model;
  const random = createRandom("state gradients");
  const weights = Float32Array.from({ length: config.vocabulary }, () => random.normal());
  const added = Object.fromEntries(
    architecture.streams.map((stream) => [
      stream,
      tf.zeros([input.size, input.streams[stream]?.length as number, config.width]),
    ]),
  );
  const logitsAt = (prediction: number): Tensor => {
    const logits = logitsOf(model, parameters, input, {
      onStates: ({ stream, layer, states }) =>
        layer === 0 ? (tf.add(states, added[stream] as Tensor) as Tensor3D) : undefined,
    });
    const row = tf.slice(tf.reshape(logits, [-1, config.vocabulary]), [prediction, 0], [1, config.vocabulary]);
    return tf.sum(tf.mul(row, tf.tensor2d(weights, [1, config.vocabulary])));
  };
  const norms = predictions.map((prediction) => {
    const { value, gradients } = valueAndGradients(() => logitsAt(prediction), added);
    const bySlot = Object.entries(gradients).map(([stream, gradient]) => [stream, slotNorms(gradient as Tensor)]);
    value.dispose();
    disposeTree(gradients);
    return Object.fromEntries(bySlot) as SlotNorms;
  });
  disposeTree(added);
  return norms;
}

/** The Euclidean norm of each row of `[B, L, M]`. */
function slotNorms(gradient: Tensor): number[] {
  const width = gradient.shape[2] as number;
  const values = gradient.dataSync() as Float32Array;
  return Array.from({ length: values.length / width }, (_, slot) =>
    Math.sqrt(values.subarray(slot * width, (slot + 1) * width).reduce((sum, value) => sum + value * value, 0)),
  );
}
