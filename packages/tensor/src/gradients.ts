/** Registers the gradients of every tfjs-core op: its Node entry and its bundler entry both leave them out. */
import "./generated/gradients.ts";
import * as tf from "@tensorflow/tfjs-core";

type Tensor = tf.Tensor;

/** `dy / divisor`, repeated along the axes that were reduced. tfjs writes the ones for it in JavaScript, element by element. */
function spread(dy: Tensor, { shape }: Tensor, { axis }: tf.NamedAttrMap, divisor: number): Tensor {
  const axes = tf.util.parseAxisParam(axis as number | number[], shape);
  const ones = shape.map((size, at) => (axes.includes(at) ? 1 : size));
  const kept = tf.reshape(dy, ones);
  return tf.mul(divisor === 1 ? kept : tf.div(kept, divisor), tf.fill(shape, 1));
}

const reduction = (kernelName: string, divisorOf: (x: Tensor, dy: Tensor) => number): tf.GradConfig => ({
  kernelName,
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attributes) => ({
    x: () => spread(dy as Tensor, x!, attributes, divisorOf(x!, dy as Tensor)),
  }),
});

/** Selected as the values were: a product with the condition would make NaN of an infinite gradient that is not chosen. */
const select: tf.GradConfig = {
  kernelName: "Select",
  inputsToSave: ["condition"],
  gradFunc: (dy, [condition]) => ({
    condition: () => tf.zeros(condition!.shape),
    t: () => tf.where(condition!, dy as Tensor, tf.zerosLike(dy as Tensor)),
    e: () => tf.where(condition!, tf.zerosLike(dy as Tensor), dy as Tensor),
  }),
};

for (const gradient of [reduction("Sum", () => 1), reduction("Mean", (x, dy) => x.size / dy.size), select]) {
  tf.unregisterGradient(gradient.kernelName);
  tf.registerGradient(gradient);
}
