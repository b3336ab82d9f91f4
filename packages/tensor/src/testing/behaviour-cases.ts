import { embedding } from "../embedding.ts";
import { linear } from "../fused/linear.ts";
import { softmaxCrossEntropy } from "../fused/softmax-cross-entropy.ts";
import { type Tensor, type Tensor1D, type Tensor2D, tf } from "../tf.ts";
import { copyTree, disposeTree, flattenTree, mapTree, type ParameterTree } from "../tree.ts";
import { valueAndGradients } from "../value-and-gradients.ts";
import { assertClose, assertThat } from "./assert-close.ts";
import type { BackendCase } from "./backend-case.ts";
import { drawInput, floats, toTensor } from "./input.ts";

/** What a backend must do besides computing. */
export const behaviourCases: readonly BackendCase[] = [
  {
    name: "a parameter that the loss does not reach has a gradient of zeros and is named",
    async run() {
      const parameters = { used: tf.tensor1d([1, 2]), forgotten: { weight: tf.tensor1d([3, 4, 5]) } };
      const { value, gradients, unreached } = valueAndGradients(() => tf.sum(tf.square(parameters.used)), parameters);
      const flat = flattenTree(gradients);
      assertThat(unreached.join() === "forgotten.weight", `expected forgotten.weight to be named, got [${unreached}]`);
      await expectValues(flat["forgotten.weight"]!, [0, 0, 0]);
      await expectValues(flat.used!, [2, 4]);
      await expectValues(value, [5]);
      disposeTree(parameters);
      tf.dispose([value, ...Object.values(flat)]);
    },
  },
  {
    name: "a gradient of zeros may be disposed while its parameter lives on",
    async run() {
      const parameters = { idle: tf.zeros([3]), used: tf.ones([1]) };
      const { value, gradients } = valueAndGradients(() => tf.sum(parameters.used), parameters);
      disposeTree(gradients);
      await expectValues(parameters.idle, [0, 0, 0]);
      tf.dispose([value, parameters.idle, parameters.used]);
    },
  },
  {
    name: "live tensors and buffers are constant over training steps",
    async run() {
      const step = trainingStep();
      await step.run();
      const before = [tf.memory().numTensors, tf.memory().numDataBuffers];
      for (let count = 0; count < 5; count++) await step.run();
      const after = [tf.memory().numTensors, tf.memory().numDataBuffers];
      step.dispose();
      assertThat(before.join() === after.join(), `tensors and buffers went from ${before} to ${after} in 5 steps`);
    },
  },
  {
    name: "training steps lower the loss",
    async run() {
      const step = trainingStep();
      const first = await step.run();
      for (let count = 0; count < 10; count++) await step.run();
      const last = await step.run();
      step.dispose();
      assertThat(last < 0.8 * first, `the loss went from ${first} to ${last} in 12 steps`);
    },
  },
  {
    name: "clone and reshape share data, and the data lives as long as one of them",
    async run() {
      const original = tf.tensor2d([
        [1, 2],
        [3, 4],
      ]);
      const copies = [original.clone(), tf.reshape(original, [4])];
      original.dispose();
      for (const copy of copies) await expectValues(copy, [1, 2, 3, 4]);
      tf.dispose(copies);
    },
  },
  {
    name: "copyTree has data of its own",
    async run() {
      const original = { w: tf.tensor1d([1, 2, 3]) };
      const copy = copyTree(original);
      disposeTree(original);
      const other = tf.tensor1d([9, 9, 9]);
      await expectValues(copy.w as Tensor1D, [1, 2, 3]);
      tf.dispose([copy.w as Tensor1D, other]);
    },
  },
  {
    name: "a tensor without elements is one too",
    async run() {
      const made = tf.tidy(() => tf.concat([tf.zeros([0, 3]), tf.ones([2, 3])], 0));
      await expectValues(made, [1, 1, 1, 1, 1, 1]);
      made.dispose();
    },
  },
];

/** A softmax classifier over an embedding, trained by gradient descent: gather, matmul, fused bias, log-softmax. */
function trainingStep(): { run(): Promise<number>; dispose(): void } {
  const draw = (shape: [number, number], name: string) =>
    toTensor(drawInput(floats(shape), "training", name), "float32");
  let parameters: ParameterTree = {
    table: draw([6, 4], "table"),
    head: { weight: draw([4, 3], "weight"), bias: tf.zeros([3]) },
  };
  const ids = tf.tensor2d([[0, 1, 2, 3, 4, 5, 0, 1]], [1, 8], "int32");
  const labels = tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], "int32");
  const weights = tf.ones([8]) as Tensor1D;
  const loss = () => {
    const flat = flattenTree(parameters);
    const hidden = tf.tanh(embedding(flat.table as Tensor2D, ids));
    const logits = linear(hidden, flat["head.weight"] as Tensor2D, flat["head.bias"] as Tensor1D);
    return tf.mean(softmaxCrossEntropy(tf.reshape(logits, [8, 3]), labels, weights));
  };
  return {
    async run() {
      const { value, gradients } = valueAndGradients(loss, parameters);
      const byPath = flattenTree(gradients);
      const next = mapTree(parameters, (leaf, path) => tf.tidy(() => tf.sub(leaf, tf.mul(byPath[path]!, 0.5))));
      const [before] = await value.data();
      disposeTree(parameters);
      tf.dispose([value, ...Object.values(byPath)]);
      parameters = next;
      return before!;
    },
    dispose() {
      disposeTree(parameters);
      tf.dispose([ids, labels, weights]);
    },
  };
}

async function expectValues(tensor: Tensor, values: readonly number[]): Promise<void> {
  const expected = { shape: tensor.shape, values: Float64Array.from(values) };
  assertClose("values", { shape: tensor.shape, values: await tensor.data() }, expected, 1e-6);
}
