import { type AttentionKernel, attendProjected } from "@trivium/attention";
import { causal } from "@trivium/masks";
import {
  dropout,
  embedding,
  gelu,
  layerNorm,
  rmsNorm,
  softmaxCrossEntropy,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tf,
} from "@trivium/tensor";
import { adamW } from "@trivium/trainer";
import type { Work } from "./contender.ts";
import { randomValues } from "./gemm-work.ts";

/** Sizes of the step whose kernels are measured. */
export interface OpSizes {
  readonly rows: number;
  readonly width: number;
  readonly vocabulary: number;
  readonly heads: number;
}

/** An operation that is ready to be repeated on the current backend. */
export interface PreparedOp {
  /** Does it once; what it returns is disposed. */
  run(): Tensor | readonly Tensor[];
  dispose(): void;
}

/** A kernel of a step that is no product. */
export interface OpCase extends Work {
  prepare(): PreparedOp;
}

interface Operation {
  readonly name: string;
  /** float32 values that one pass over its main input touches. */
  readonly elements: number;
  /** Times that as many are read or written: forward, and then backward. */
  readonly passes: readonly [forward: number, backward: number];
  /** The inputs that have gradients. */
  inputs(): Tensor[];
  forward(...inputs: Tensor[]): Tensor;
  /** The name of the attention kernel, where the operation is attention. */
  readonly kernel?: string | undefined;
}

/** Every kernel of a step but the products, forward alone and with its gradients, and AdamW. */
export function opCases(sizes: OpSizes, attention: AttentionKernel): OpCase[] {
  return [...operations(sizes, attention).flatMap(casesOf), adamWCase(sizes)];
}

const floats = (...shape: number[]): Tensor => tf.tensor(randomValues(...shape), shape);
const FLOAT_BYTES = 4;

/** Positions of a row in `attention`: as many as a word has letters. */
const shortRow = 16;

function operations({ rows, width, vocabulary, heads }: OpSizes, attention: AttentionKernel): Operation[] {
  const states = rows * width;
  const gainAndBias = () => [floats(rows, width), floats(width), floats(width)];
  const ids = (bound: number) => Int32Array.from({ length: rows }, (_, row) => (row * 7919) % bound);
  const projected = () => floats(rows / shortRow, shortRow, width);
  return [
    {
      ...{ name: "gelu", elements: 4 * states, passes: [2, 3] },
      inputs: () => [floats(rows, 4 * width)],
      forward: (x) => gelu(x as Tensor),
    },
    {
      ...{ name: "layer norm", elements: states, passes: [2, 3] },
      inputs: gainAndBias,
      forward: (x, gain, bias) => layerNorm(x as Tensor, gain as Tensor1D, bias as Tensor1D, 1e-5),
    },
    {
      ...{ name: "RMS norm", elements: states, passes: [2, 3] },
      inputs: () => gainAndBias().slice(0, 2),
      forward: (x, gain) => rmsNorm(x as Tensor, gain as Tensor1D, 1e-6),
    },
    {
      ...{ name: "softmax and cross-entropy", elements: rows * vocabulary, passes: [1, 2] },
      inputs: () => [floats(rows, vocabulary)],
      forward: (logits) => {
        const [targets, weights] = [tf.tensor1d(ids(vocabulary), "int32"), tf.ones<tf.Rank.R1>([rows])];
        return softmaxCrossEntropy(logits as Tensor2D, targets, weights);
      },
    },
    {
      ...{ name: "dropout", elements: states, passes: [2, 2] },
      inputs: () => [floats(rows, width)],
      forward: (x) => dropout(x as Tensor, { rate: 0.1, seed: 1 }),
    },
    {
      ...{ name: "gather and scatter", elements: states, passes: [2, 2] },
      inputs: () => [floats(vocabulary, width)],
      forward: (table) => embedding(table as Tensor2D, tf.tensor1d(ids(vocabulary), "int32")),
    },
    {
      name: `attention, ${shortRow} positions`,
      elements: states,
      passes: [4, 8],
      kernel: attention.name,
      inputs: () => [projected(), projected(), projected()],
      forward: (query, key, value) =>
        attendProjected(attention, {
          ...{ query: query as Tensor3D, key: key as Tensor3D, value: value as Tensor3D },
          ...{ heads, mask: causal() },
        }),
    },
  ];
}

function casesOf({ name, kernel, elements, passes: [forward, backward], ...operation }: Operation): OpCase[] {
  const prepare = (run: (inputs: Tensor[], outputGradient: Tensor) => readonly Tensor[]) => () => {
    const inputs = operation.inputs();
    const outputGradient = tf.tidy(() => tf.onesLike(operation.forward(...inputs)));
    return {
      run: () => run(inputs, outputGradient),
      dispose: () => tf.dispose([...inputs, outputGradient]),
    };
  };
  const gradients = tf.grads((...inputs: Tensor[]) => operation.forward(...inputs));
  return [
    {
      label: `${name}, forward`,
      kernel,
      bytes: FLOAT_BYTES * elements * forward,
      prepare: prepare((inputs) => [tf.tidy(() => operation.forward(...inputs))]),
    },
    {
      label: `${name}, forward and backward`,
      kernel,
      bytes: FLOAT_BYTES * elements * (forward + backward),
      prepare: prepare((inputs, outputGradient) => gradients(inputs, outputGradient)),
    },
  ];
}

/** The update of one large matrix: four reads, three writes. */
function adamWCase({ width }: OpSizes): OpCase {
  const shape = [16 * width, width] as const;
  return {
    label: "AdamW",
    bytes: FLOAT_BYTES * 7 * shape[0] * shape[1],
    prepare() {
      const optimizer = adamW();
      const parameters = { weight: floats(...shape) };
      const gradient = floats(...shape);
      let trained = { parameters, state: optimizer.createState(parameters) } as ReturnType<typeof optimizer.apply>;
      let step = 0;
      return {
        run() {
          step++;
          const update = { learningRate: 1e-3, step, gradientScale: 1 };
          trained = optimizer.apply(trained, { weight: tf.clone(gradient) }, update);
          return [tf.clone((trained.parameters as typeof parameters).weight)];
        },
        dispose: () => tf.dispose([gradient, trained.parameters, Object.values(trained.state)] as never),
      };
    },
  };
}
