import { type AttentionKernel, attendProjected } from "@trivium/attention";
import type { Mask } from "@trivium/masks";
import { type Tensor3D, tf } from "@trivium/tensor";
import { type Contender, contenderOn, type Subject, type Work } from "../contender.ts";
import { randomValues } from "../gemm-work.ts";
import { finished } from "./mat-mul.ts";

/** An attention of some mask and kernel; `width` is that of all heads together. */
export interface AttentionWork extends Work {
  readonly batch: number;
  readonly heads: number;
  readonly length: number;
  readonly width: number;
  readonly mask: Mask;
  readonly attention: AttentionKernel;
}

/** Self-attention as models call it, forward and backward: the output, and the gradients of query, key and value. */
export async function attentionContender(subject: Subject, work: AttentionWork): Promise<Contender> {
  const { batch, heads, length, width, mask, attention } = work;
  await subject.use();
  const tensor = () => tf.tensor3d(randomValues(batch, length, width), [batch, length, width]);
  const inputs = [tensor(), tensor(), tensor()];
  const outputGradient = tensor();
  const gradients = tf.grads((query: tf.Tensor, key: tf.Tensor, value: tf.Tensor) =>
    attendProjected(attention, {
      query: query as Tensor3D,
      key: key as Tensor3D,
      value: value as Tensor3D,
      heads,
      mask,
    }),
  );
  return contenderOn(subject, {
    work,
    async run(times) {
      for (let time = 0; time < times; time++) {
        const [query, ...others] = gradients(inputs, outputGradient);
        tf.dispose(others);
        await finished(query as tf.Tensor);
      }
    },
    close: () => tf.dispose([...inputs, outputGradient]),
  });
}
