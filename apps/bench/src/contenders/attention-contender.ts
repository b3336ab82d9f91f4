import type { AttentionKernel } from "@trivium/attention";
import type { Mask } from "@trivium/masks";
import { type Tensor4D, tf } from "@trivium/tensor";
import { type Contender, timed } from "../contender.ts";
import { randomValues } from "../gemm-work.ts";
import { finished } from "./mat-mul.ts";

/** Sizes of an attention; the width of all heads together. */
export interface AttentionSize {
  readonly batch: number;
  readonly heads: number;
  readonly length: number;
  readonly width: number;
}

export interface AttentionContenderOptions extends Omit<Contender, "run" | "close"> {
  readonly size: AttentionSize;
  readonly mask: Mask;
  readonly kernel: AttentionKernel;
  /** Makes its backend the current one. */
  use(): Promise<void>;
}

/** Self-attention forward and backward: the output, and the gradients of query, key and value. */
export async function attentionContender(options: AttentionContenderOptions): Promise<Contender> {
  const { size, mask, kernel, use, ...own } = options;
  const { batch, heads, length, width } = size;
  await use();
  const tensor = () => tf.tensor4d(randomValues(batch * length * width), [batch, heads, length, width / heads]);
  const inputs = [tensor(), tensor(), tensor()];
  const outputGradient = tensor();
  const gradients = tf.grads((query: tf.Tensor, key: tf.Tensor, value: tf.Tensor) =>
    kernel.attend({ query: query as Tensor4D, key: key as Tensor4D, value: value as Tensor4D, mask }),
  );
  return {
    ...own,
    async run(times) {
      await use();
      return timed(async () => {
        for (let time = 0; time < times; time++) {
          const [query, ...others] = gradients(inputs, outputGradient);
          tf.dispose(others);
          await finished(query as tf.Tensor);
        }
      });
    },
    close: () => tf.dispose([...inputs, outputGradient]),
  };
}
