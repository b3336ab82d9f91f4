import { type AttentionKernel, attendProjected } from "@trivium/attention";
import type { Mask } from "@trivium/masks";
import { type Tensor3D, tf } from "@trivium/tensor";
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

/** Self-attention as models call it, forward and backward: the output, and the gradients of query, key and value. */
export async function attentionContender(options: AttentionContenderOptions): Promise<Contender> {
  const { size, mask, kernel, use, ...own } = options;
  const { batch, heads, length, width } = size;
  await use();
  const tensor = () => tf.tensor3d(randomValues(batch * length * width), [batch, length, width]);
  const inputs = [tensor(), tensor(), tensor()];
  const outputGradient = tensor();
  const gradients = tf.grads((query: tf.Tensor, key: tf.Tensor, value: tf.Tensor) =>
    attendProjected(kernel, { query: query as Tensor3D, key: key as Tensor3D, value: value as Tensor3D, heads, mask }),
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
