/**
 * Times one training step of a small GPT (vocabulary 64, length 16, batch 64, width 128, 2 layers, 4 heads) on `simd`
 * and on tfjs `cpu`: `pnpm training-step [steps]`. Fails if simd is less than 50 times faster.
 */
import {
  adamWUpdate,
  embedding,
  gelu,
  layerNorm,
  linear,
  maskedSoftmax,
  type ParameterTree,
  softmaxCrossEntropy,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
  valueAndGradients,
} from "@trivium/tensor";
import { simd } from "../src/index.ts";

const [V, Q, B, M, N, H] = [64, 16, 64, 128, 2, 4];
const D = M / H;
const REQUIRED_RATIO = 50;
const rates = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, gradientScale: 1 };

type Flat = Record<string, Tensor>;

function shapes(): Record<string, number[]> {
  const all: Record<string, number[]> = { token: [V, M], position: [Q, M], gain: [M], bias: [M] };
  for (let layer = 0; layer < N; layer++) {
    const block = {
      gain1: [M],
      bias1: [M],
      qkv: [M, 3 * M],
      qkvBias: [3 * M],
      out: [M, M],
      outBias: [M],
      gain2: [M],
      bias2: [M],
    };
    const feed = { up: [M, 4 * M], upBias: [4 * M], down: [4 * M, M], downBias: [M] };
    for (const [name, shape] of Object.entries({ ...block, ...feed })) all[`${layer}/${name}`] = shape;
  }
  return all;
}

const initial = (): Flat =>
  Object.fromEntries(
    Object.entries(shapes()).map(([name, shape], index) => [
      name,
      name.includes("gain") ? tf.ones(shape) : tf.randomNormal(shape, 0, 0.02, "float32", index + 1),
    ]),
  );

function attention(x: Tensor2D, p: (name: string) => Tensor, visible: Tensor4D): Tensor2D {
  const heads = tf.reshape(linear(x, p("qkv") as Tensor2D, p("qkvBias") as Tensor1D), [B, Q, 3, H, D]);
  const [q, k, v] = tf.unstack(tf.transpose(heads, [2, 0, 3, 1, 4])) as [Tensor4D, Tensor4D, Tensor4D];
  const weights = maskedSoftmax({ scores: tf.matMul(q, k, false, true) as Tensor4D, visible, scale: D ** -0.5 });
  const mixed = tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), [B * Q, M]) as Tensor2D;
  return linear(mixed, p("out") as Tensor2D, p("outBias") as Tensor1D) as Tensor2D;
}

function loss(parameters: Flat, ids: Tensor, targets: Tensor1D, weights: Tensor1D, visible: Tensor4D): Tensor {
  let x = tf.reshape(tf.add(embedding(parameters.token as Tensor2D, ids), parameters.position!), [
    B * Q,
    M,
  ]) as Tensor2D;
  for (let layer = 0; layer < N; layer++) {
    const p = (name: string) => parameters[`${layer}/${name}`]!;
    x = tf.add(x, attention(layerNorm(x, p("gain1") as Tensor1D, p("bias1") as Tensor1D, 1e-5), p, visible));
    const normed = layerNorm(x, p("gain2") as Tensor1D, p("bias2") as Tensor1D, 1e-5);
    const hidden = gelu(linear(normed, p("up") as Tensor2D, p("upBias") as Tensor1D));
    x = tf.add(x, linear(hidden, p("down") as Tensor2D, p("downBias") as Tensor1D));
  }
  const normed = layerNorm(x, parameters.gain as Tensor1D, parameters.bias as Tensor1D, 1e-5);
  const logits = tf.matMul(normed, parameters.token as Tensor2D, false, true) as Tensor2D;
  return tf.mean(softmaxCrossEntropy(logits, targets, weights));
}

interface State {
  parameters: Flat;
  m: Flat;
  v: Flat;
}

function step(state: State, index: number, data: readonly [Tensor, Tensor1D, Tensor1D, Tensor4D]): number {
  const { value, gradients } = valueAndGradients(
    () => loss(state.parameters, ...data),
    state.parameters as ParameterTree,
  );
  const options = { ...rates, correction1: 1 - rates.beta1 ** index, correction2: 1 - rates.beta2 ** index };
  for (const name of Object.keys(state.parameters)) {
    const [parameter, gradient, m, v] = [
      state.parameters[name]!,
      (gradients as Flat)[name]!,
      state.m[name]!,
      state.v[name]!,
    ];
    const next = adamWUpdate({ parameter, gradient, m, v }, options);
    tf.dispose([parameter, gradient, m, v]);
    [state.parameters[name], state.m[name], state.v[name]] = [next.parameter, next.m, next.v];
  }
  const [nats] = value.dataSync();
  value.dispose();
  return nats!;
}

const zeros = (flat: Flat): Flat =>
  Object.fromEntries(Object.entries(flat).map(([name, x]) => [name, tf.zerosLike(x)]));

/** Seconds of the fastest step, and the last loss. */
async function measure(backend: string, steps: number): Promise<{ seconds: number; nats: number }> {
  await tf.setBackend(backend);
  const ids = tf.tensor(
    Int32Array.from({ length: B * Q }, (_, index) => (index * 7919) % V),
    [B, Q],
    "int32",
  );
  const targets = tf.tensor1d(
    Int32Array.from({ length: B * Q }, (_, index) => ((index + 1) * 7919) % V),
    "int32",
  );
  const visible = tf.tensor(
    Uint8Array.from({ length: Q * Q }, (_, index) => (index % Q <= Math.floor(index / Q) ? 1 : 0)),
    [1, 1, Q, Q],
    "bool",
  );
  const parameters = initial();
  const state = { parameters, m: zeros(parameters), v: zeros(parameters) };
  let seconds = Number.POSITIVE_INFINITY;
  let nats = Number.NaN;
  for (let index = 1; index <= steps; index++) {
    const started = performance.now();
    nats = step(state, index, [ids, targets, tf.ones([B * Q]), visible as Tensor4D]);
    seconds = Math.min(seconds, (performance.now() - started) / 1000);
  }
  return { seconds, nats };
}

const steps = Number(process.argv[2] ?? 30);
const fast = await measure(simd.name, steps);
const line = ({ seconds, nats }: { seconds: number; nats: number }) =>
  `${(seconds * 1000).toFixed(1)} ms a step, ${Math.round((B * Q) / seconds)} tokens/s, loss ${nats.toFixed(4)}`;
console.log(`simd: ${line(fast)} (after ${steps} steps)`);
if (process.argv[3] !== "--no-cpu") {
  const slow = await measure("cpu", 1);
  const ratio = slow.seconds / fast.seconds;
  console.log(`cpu:  ${line(slow)} (after 1 step)\nratio: ${ratio.toFixed(1)}, required ${REQUIRED_RATIO}`);
  process.exitCode = ratio >= REQUIRED_RATIO ? 0 : 1;
}
