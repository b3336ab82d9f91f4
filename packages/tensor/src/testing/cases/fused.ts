import { type ActivationName, activation } from "../../fused/activation.ts";
import { adamWUpdate } from "../../fused/adam-w.ts";
import { dropout, dropoutHash } from "../../fused/dropout.ts";
import { linear } from "../../fused/linear.ts";
import { linearCrossEntropy } from "../../fused/linear-cross-entropy.ts";
import { maskedSoftmax } from "../../fused/masked-softmax.ts";
import { addNorm, layerNorm, rmsNorm } from "../../fused/norm.ts";
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "../../fused/softmax-cross-entropy.ts";
import { squaredNorms } from "../../fused/squared-norms.ts";
import { type Tensor1D, type Tensor2D, type Tensor4D, tf } from "../../tf.ts";
import { at, elementwise, type Grid, grid, mapRows, total } from "../grid.ts";
import { booleans, exactly, floats, type Input, integers } from "../input.ts";
import { type OpCase, opCase } from "../op-case.ts";
import { erf } from "./elementwise.ts";

/** Widths around the vector width of a kernel: below, at, above, and a prime. */
const widths = [1, 3, 4, 8, 37];

const activationOracles: Readonly<Record<ActivationName, (x: number) => number>> = {
  gelu: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  "gelu-tanh": (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  relu: (x) => Math.max(0, x),
  silu: (x) => x / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};
const activationNames = Object.keys(activationOracles) as ActivationName[];

const activationCase = (name: ActivationName, shape: readonly number[]): OpCase =>
  opCase({
    op: "activation",
    variant: `${name} [${shape}]`,
    inputs: { x: floats(shape, -3, 3) },
    run: ({ x }) => activation(x, name),
    oracle: ({ x }) => elementwise(activationOracles[name], x),
  });

const linearActivationCase = (name: ActivationName, rows: number, columns: number): OpCase =>
  opCase({
    op: "linear",
    variant: `${name} [${rows}, ${columns}]`,
    inputs: { x: floats([rows, 3]), weight: floats([3, columns]), bias: floats([columns]) },
    run: ({ x, weight, bias }) => linear(x, weight as Tensor2D, bias as Tensor1D, { activation: name }),
    oracle: ({ x, weight, bias }) =>
      grid([rows, columns], ([r, c]) => {
        const product = total([0, 1, 2].map((k) => at(x, [r!, k]) * at(weight, [k, c!])));
        return activationOracles[name](product + at(bias, [c!]));
      }),
  });

const layerNormCase = (width: number, epsilon: number): OpCase =>
  opCase({
    op: "layerNorm",
    variant: `width ${width}, ε ${epsilon}`,
    inputs: { x: floats([2, 2, width], -2, 2), gain: floats([width], 0.5, 1.5), bias: floats([width]) },
    run: ({ x, gain, bias }) => layerNorm(x, gain as Tensor1D, bias as Tensor1D, epsilon),
    oracle: ({ x, gain, bias }) =>
      mapRows(x, (row) => {
        const mean = total(row) / width;
        const variance = total(row.map((value) => (value - mean) ** 2)) / width;
        const scale = 1 / Math.sqrt(variance + epsilon);
        return row.map((value, m) => (value - mean) * scale * at(gain, [m]) + at(bias, [m]));
      }),
  });

const rmsNormCase = (width: number): OpCase =>
  opCase({
    op: "rmsNorm",
    variant: `width ${width}`,
    inputs: { x: floats([2, 2, width], -2, 2), gain: floats([width], 0.5, 1.5) },
    run: ({ x, gain }) => rmsNorm(x, gain as Tensor1D, 1e-6),
    oracle: ({ x, gain }) =>
      mapRows(x, (row) => {
        const scale = 1 / Math.sqrt(total(row.map((value) => value * value)) / width + 1e-6);
        return row.map((value, m) => value * scale * at(gain, [m]));
      }),
  });

/** Both results of `addNorm`, one after the other in the last axis. */
const addNormCase = (width: number): OpCase =>
  opCase({
    op: "addNorm",
    variant: `width ${width}`,
    inputs: {
      x: floats([3, width], -2, 2),
      branch: floats([3, width], -2, 2),
      gain: floats([width], 0.5, 1.5),
      bias: floats([width]),
    },
    run({ x, branch, gain, bias }) {
      const { sum, normalised } = addNorm(x, branch, { gain: gain as Tensor1D, bias: bias as Tensor1D, epsilon: 0.1 });
      return tf.concat([sum, normalised], 1);
    },
    oracle: ({ x, branch, gain, bias }) =>
      grid([3, 2 * width], ([r, c]) => {
        const sums = Array.from({ length: width }, (_, m) => at(x, [r!, m]) + at(branch, [r!, m]));
        if (c! < width) return sums[c!]!;
        const mean = total(sums) / width;
        const variance = total(sums.map((value) => (value - mean) ** 2)) / width;
        const hat = (sums[c! - width]! - mean) / Math.sqrt(variance + 0.1);
        return hat * at(gain, [c! - width]) + at(bias, [c! - width]);
      }),
  });

const scale = 0.7;
const maskedOracle = (scores: Grid, visible: Grid): Grid =>
  grid(scores.shape, ([b, h, q, k]) => {
    const logit = (key: number) => at(scores, [b!, h!, q!, key]) * scale;
    if (at(visible, [b!, h!, q!, k!]) === 0) return 0;
    let sum = 0;
    for (let key = 0; key < scores.shape[3]!; key++) {
      if (at(visible, [b!, h!, q!, key]) === 1) sum += Math.exp(logit(key) - logit(k!));
    }
    return 1 / sum;
  });

const maskedCase = (variant: string, shape: readonly number[], visible: Input): OpCase =>
  opCase({
    op: "maskedSoftmax",
    variant,
    inputs: { scores: floats(shape, -3, 3), visible },
    run: (inputs) => maskedSoftmax({ scores: inputs.scores as Tensor4D, visible: inputs.visible as Tensor4D, scale }),
    oracle: (inputs) => maskedOracle(inputs.scores, inputs.visible),
  });

const entropyCase = (variant: string, labelSmoothing: number, zLoss: number, vocabulary = 7): OpCase =>
  opCase({
    op: "softmaxCrossEntropy",
    variant,
    inputs: {
      logits: floats([5, vocabulary], -3, 3),
      targets: integers([5], vocabulary),
      weights: exactly([5], "float32", [1, 0, 0.5, 2, 1]),
    },
    run: ({ logits, targets, weights }) =>
      softmaxCrossEntropy(logits as Tensor2D, targets as Tensor1D, weights as Tensor1D, { labelSmoothing, zLoss }),
    oracle: ({ logits, targets, weights }) =>
      grid([5], ([row]) => {
        const all = [...logits.values.subarray(row! * vocabulary, (row! + 1) * vocabulary)];
        return at(weights, [row!]) * crossEntropyOf(all, at(targets, [row!]), { labelSmoothing, zLoss });
      }),
    gradientOf: ["logits"],
  });

function crossEntropyOf(
  logits: readonly number[],
  target: number,
  { labelSmoothing = 0, zLoss = 0 }: SoftmaxCrossEntropyOptions,
): number {
  const most = Math.max(...logits);
  const z = most + Math.log(total(logits.map((logit) => Math.exp(logit - most))));
  const likelihood = (1 - labelSmoothing) * (z - logits[target]!);
  const smoothing = labelSmoothing * (z - total(logits) / logits.length);
  return likelihood + smoothing + zLoss * z * z;
}

const entropyOptions = { labelSmoothing: 0.2, zLoss: 0.02 };

interface LinearEntropyOptions {
  readonly transpose: boolean;
  readonly bias?: boolean | undefined;
  readonly softCap?: number | undefined;
  readonly plain?: boolean | undefined;
}

function linearEntropyCase(vocabulary: number, given: LinearEntropyOptions): OpCase {
  const { transpose, bias = false, softCap, plain = false } = given;
  const options = plain ? { labelSmoothing: 0, zLoss: 0 } : entropyOptions;
  const features = { "head transposed": transpose, bias, "soft cap": softCap, plain };
  const words = Object.entries(features).flatMap(([name, has]) => (has ? [`, ${name}`] : []));
  return opCase({
    op: "linearCrossEntropy",
    variant: `${vocabulary} words${words.join("")}`,
    inputs: {
      states: floats([4, 3]),
      head: floats(transpose ? [vocabulary, 3] : [3, vocabulary], -2, 2),
      bias: floats([vocabulary]),
      targets: integers([4], vocabulary),
      weights: exactly([4], "float32", [1, 0, 0.5, 2]),
    },
    run: ({ states, head, bias: added, targets, weights }) =>
      linearCrossEntropy(
        {
          states: states as Tensor2D,
          head: { weight: head as Tensor2D, transpose, bias: bias ? (added as Tensor1D) : undefined, softCap },
        },
        targets as Tensor1D,
        weights as Tensor1D,
        options,
      ),
    oracle: ({ states, head, bias: added, targets, weights }) =>
      grid([4], ([row]) => {
        // Plain loops: finite differences take them thousands of times.
        const [stepM, stepV] = transpose ? [1, 3] : [vocabulary, 1];
        const logits = Array.from({ length: vocabulary }, (_, v) => {
          let logit = bias ? added.values[v]! : 0;
          for (let m = 0; m < 3; m++) logit += states.values[3 * row! + m]! * head.values[m * stepM + v * stepV]!;
          return softCap === undefined ? logit : softCap * Math.tanh(logit / softCap);
        });
        return at(weights, [row!]) * crossEntropyOf(logits, at(targets, [row!]), options);
      }),
    gradientOf: bias ? ["states", "head", "bias"] : ["states", "head"],
  });
}

const dropoutCase = (rate: number, seed: number, shape: readonly number[]): OpCase =>
  opCase({
    op: "dropout",
    variant: `rate ${rate}, seed ${seed}`,
    inputs: { x: floats(shape) },
    run: ({ x }) => dropout(x, { rate, seed }),
    oracle: ({ x }) => ({
      shape,
      values: x.values.map((value, index) =>
        dropoutHash(seed, index) >= Math.floor(rate * 2 ** 32) ? value / (1 - rate) : 0,
      ),
    }),
  });

const adamW = { learningRate: 0.01, beta1: 0.9, beta2: 0.98, epsilon: 1e-6, gradientScale: 0.5 };
const atStep3 = { ...adamW, correction1: 1 - adamW.beta1 ** 3, correction2: 1 - adamW.beta2 ** 3 };

const adamWCase = (output: "parameter" | "m" | "v", size: number): OpCase =>
  opCase({
    op: "adamW",
    variant: `${output} of ${size}`,
    inputs: { parameter: floats([size]), gradient: floats([size]), m: floats([size]), v: floats([size], 0, 1) },
    // Copies, because an update consumes what it is given.
    run: (inputs) => {
      const [parameter, gradient, m, v] = [inputs.parameter, inputs.gradient, inputs.m, inputs.v].map((x) =>
        tf.add(x, 0),
      );
      const one = { parameter: parameter!, gradient: gradient!, m: m!, v: v!, weightDecay: 0.1 };
      return adamWUpdate([one], atStep3)[0]![output];
    },
    oracle: (inputs) =>
      grid([size], (index) => {
        const gradient = at(inputs.gradient, index) * adamW.gradientScale;
        const m = adamW.beta1 * at(inputs.m, index) + (1 - adamW.beta1) * gradient;
        const v = adamW.beta2 * at(inputs.v, index) + (1 - adamW.beta2) * gradient ** 2;
        if (output !== "parameter") return output === "m" ? m : v;
        const direction = m / atStep3.correction1 / (Math.sqrt(v / atStep3.correction2) + adamW.epsilon);
        return at(inputs.parameter, index) * (1 - 1e-3) - adamW.learningRate * direction;
      }),
    gradientOf: [],
  });

const squaredNormsCase = (sizes: readonly [number, number]): OpCase =>
  opCase({
    op: "squaredNorms",
    variant: `of ${sizes.join(" and ")}`,
    inputs: { a: floats([sizes[0]]), b: floats([sizes[1], 2]) },
    run: ({ a, b }) => squaredNorms([a, b]),
    oracle: ({ a, b }) => grid([2], ([index]) => total([...[a, b][index!]!.values].map((value) => value * value))),
    gradientOf: [],
  });

/** The fused ops, as kernels where the backend has them and as composed ops where it does not. */
export const fusedCases: readonly OpCase[] = [
  ...activationNames.flatMap((name) => [[1], [5], [3, 37]].map((shape) => activationCase(name, shape))),
  ...activationNames.flatMap((name) => [linearActivationCase(name, 1, 5), linearActivationCase(name, 7, 4)]),
  ...widths.slice(1).map((width) => layerNormCase(width, 1e-5)),
  layerNormCase(5, 0.5),
  ...widths.map(rmsNormCase),
  ...[2, 5, 8].map(addNormCase),
  maskedCase("everything visible", [2, 2, 3, 5], exactly([1, 1, 3, 5], "bool", [1])),
  maskedCase("one mask for all rows and heads", [2, 2, 3, 5], booleans([1, 1, 3, 5])),
  maskedCase("a mask for each row", [2, 2, 3, 4], booleans([2, 1, 3, 4])),
  maskedCase("a mask for each row and head", [2, 2, 3, 3], booleans([2, 2, 3, 3])),
  maskedCase("nothing visible", [1, 2, 2, 5], exactly([1, 1, 2, 5], "bool", [0])),
  maskedCase("one key", [2, 1, 3, 1], booleans([2, 1, 3, 1])),
  maskedCase("more keys than a vector", [1, 1, 2, 37], booleans([1, 1, 2, 37])),
  entropyCase("plain", 0, 0),
  entropyCase("label smoothing", 0.1, 0),
  entropyCase("z-loss", 0, 0.01),
  entropyCase("both, 37 words", 0.2, 0.02, 37),
  entropyCase("both, 2 words", 0.2, 0.02, 2),
  linearEntropyCase(7, { transpose: false }),
  linearEntropyCase(7, { transpose: true }),
  linearEntropyCase(5, { transpose: true, plain: true }),
  linearEntropyCase(5, { transpose: false, bias: true, softCap: 3 }),
  // More than one chunk.
  linearEntropyCase(260, { transpose: false, bias: true }),
  linearEntropyCase(260, { transpose: true, bias: true }),
  linearEntropyCase(260, { transpose: true }),
  dropoutCase(0.5, 7, [3, 5]),
  dropoutCase(0.1, -123456789, [2, 3, 7]),
  ...[1, 4, 37].flatMap((size) => (["parameter", "m", "v"] as const).map((output) => adamWCase(output, size))),
  squaredNormsCase([1, 5]),
  squaredNormsCase([37, 4]),
];
