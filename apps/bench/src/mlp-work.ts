import { createRandom } from "@trivium/core";
import type { Work } from "./contender.ts";

/** Sizes of a network of two layers, and the rows that it is trained on. */
interface MlpSizes {
  readonly rows: number;
  readonly input: number;
  readonly hidden: number;
  readonly output: number;
}

/** A step of training such a network by gradient descent. */
export interface MlpWork extends Work, MlpSizes {
  /** Learning rate. */
  readonly rate: number;
}

/** The work of a step: its products are those forward, of the weights' gradients and of the hidden states' gradient. */
export const mlpWork = ({ rows, input, hidden, output }: MlpSizes): MlpWork => ({
  rows,
  input,
  hidden,
  output,
  rate: 0.1,
  label: `${rows} rows, ${input} → ${hidden} → ${output}`,
  flops: 2 * rows * (2 * input * hidden + 3 * hidden * output),
});

/** Values that every contender begins with. */
export function mlpValues({ rows, input, hidden, output }: MlpWork) {
  const random = createRandom(0).split("mlp");
  const uniform = (size: number, scale: number) =>
    Float32Array.from({ length: size }, () => (random.uniform() * 2 - 1) * scale);
  return {
    x: uniform(rows * input, 1),
    y: uniform(rows * output, 1),
    w1: uniform(input * hidden, 1 / Math.sqrt(input)),
    b1: new Float32Array(hidden),
    w2: uniform(hidden * output, 1 / Math.sqrt(hidden)),
    b2: new Float32Array(output),
  };
}
