import {
  adamWUpdate,
  embedding,
  gelu,
  layerNorm,
  linear,
  maskedSoftmax,
  softmaxCrossEntropy,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
  valueAndGradients,
} from "@trivium/tensor";
import { expect, test } from "vitest";
import { createSimdBackend } from "../index.ts";

const [B, Q, M, V] = [32, 16, 64, 48];
const STEPS = 50;
const rates = { learningRate: 1e-2, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, gradientScale: 1 };
const shapes: Readonly<Record<string, number[]>> = {
  token: [V, M],
  gain: [M],
  bias: [M],
  qkv: [M, 3 * M],
  qkvBias: [3 * M],
  up: [M, 4 * M],
  upBias: [4 * M],
  down: [4 * M, M],
  downBias: [M],
};

type Flat = Record<string, Tensor>;

function loss(p: Flat, ids: Tensor, targets: Tensor1D, visible: Tensor4D): Tensor {
  let x = tf.reshape(embedding(p.token as Tensor2D, ids), [B * Q, M]) as Tensor2D;
  const projected = linear(
    layerNorm(x, p.gain as Tensor1D, p.bias as Tensor1D, 1e-5),
    p.qkv as Tensor2D,
    p.qkvBias as Tensor1D,
  );
  const [q, k, v] = tf.unstack(tf.transpose(tf.reshape(projected, [B, Q, 3, 4, M / 4]), [2, 0, 3, 1, 4]));
  const weights = maskedSoftmax({ scores: tf.matMul(q!, k!, false, true) as Tensor4D, visible, scale: 0.25 });
  x = tf.add(x, tf.reshape(tf.transpose(tf.matMul(weights, v!), [0, 2, 1, 3]), [B * Q, M]));
  const hidden = gelu(linear(x, p.up as Tensor2D, p.upBias as Tensor1D));
  x = tf.add(x, linear(hidden, p.down as Tensor2D, p.downBias as Tensor1D));
  const logits = tf.matMul(x, p.token as Tensor2D, false, true) as Tensor2D;
  return tf.mean(softmaxCrossEntropy(logits, targets, tf.ones([B * Q])));
}

const map = (flat: Flat, change: (x: Tensor, name: string) => Tensor): Flat =>
  Object.fromEntries(Object.entries(flat).map(([name, x]) => [name, change(x, name)]));

function step(
  state: Record<"parameters" | "m" | "v", Flat>,
  index: number,
  batch: [Tensor, Tensor1D, Tensor4D],
): number {
  const { value, gradients } = valueAndGradients(() => loss(state.parameters, ...batch), state.parameters);
  const options = { ...rates, correction1: 1 - rates.beta1 ** index, correction2: 1 - rates.beta2 ** index };
  const names = Object.keys(shapes);
  const updated = adamWUpdate(
    names.map((name) => ({
      parameter: state.parameters[name]!,
      gradient: (gradients as Flat)[name]!,
      weightDecay: 0.01,
      m: state.m[name]!,
      v: state.v[name]!,
    })),
    options,
  );
  names.forEach((name, at) => {
    const next = updated[at]!;
    [state.parameters[name], state.m[name], state.v[name]] = [next.parameter, next.m, next.v];
  });
  const [nats] = value.dataSync();
  value.dispose();
  return nats!;
}

/** The losses of all steps, and the parameters after them. */
async function train(threads: number): Promise<{ losses: number[]; parameters: Record<string, ArrayLike<number>> }> {
  const simd = createSimdBackend({ name: `simd-training-${threads}`, threads });
  await simd.activate();
  const ids = Int32Array.from({ length: B * Q }, (_, index) => (index * 7919) % V);
  const batch: [Tensor, Tensor1D, Tensor4D] = [
    tf.tensor(ids, [B, Q], "int32"),
    tf.tensor1d(
      ids.map((id) => (id + 7919) % V),
      "int32",
    ),
    tf.tensor4d(
      Array.from({ length: Q * Q }, (_, at) => (at % Q <= Math.floor(at / Q) ? 1 : 0)),
      [1, 1, Q, Q],
      "bool",
    ),
  ];
  const parameters = Object.fromEntries(
    Object.entries(shapes).map(([name, shape], index) => [name, tf.randomNormal(shape, 0, 0.1, "float32", index + 1)]),
  );
  const zeros = () => map(parameters, (x) => tf.zerosLike(x));
  const state = { parameters, m: zeros(), v: zeros() };
  const losses = Array.from({ length: STEPS }, (_, index) => step(state, index + 1, batch));
  const values = Object.fromEntries(Object.entries(state.parameters).map(([name, x]) => [name, x.dataSync()]));
  tf.dispose([state.parameters, state.m, state.v, ...batch]);
  return { losses, parameters: values };
}

test("1, 2 and 4 threads have equal bits after 50 steps of training", async () => {
  const one = await train(1);
  expect(one.losses.at(-1)!).toBeLessThan(one.losses[0]! / 2);
  expect(await train(2)).toEqual(one);
  expect(await train(4)).toEqual(one);
});
