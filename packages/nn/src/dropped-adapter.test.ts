import "@tensorflow/tfjs-backend-cpu";
import { dropout, type Tensor2D, tf, valueAndGradients } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { affine, affines } from "./affine.ts";
import { droppedAdapter } from "./index.ts";

beforeAll(() => tf.setBackend("cpu"));

const normal = (shape: [number, number], seed: number) => tf.randomNormal(shape, 0, 1, "float32", seed) as Tensor2D;
const x = normal([5, 8], 1);
const [weight, a, b] = [normal([8, 6], 2), normal([8, 2], 3), normal([2, 6], 4)];
const drawn = { rate: 0.4, seed: -7 };
/** As it is written down: the adapter beside the map. */
const apart = () => tf.add(tf.matMul(x, weight), tf.matMul(tf.matMul(dropout(x, drawn), a), b));
/** The same with the adapter in the weight. */
const maps = () => ({ weight: tf.add(weight, tf.matMul(a, b)), adapter: droppedAdapter({ a, b }, drawn) });

test("a merged map with a dropped adapter is the map with the adapter beside it, in value and gradients", () => {
  const parameters = { x, weight, a, b };
  const expected = valueAndGradients(() => tf.sum(tf.square(apart())), parameters);
  const found = valueAndGradients(() => tf.sum(tf.square(affine(maps(), x))), parameters);
  expect(found.value.dataSync()[0]! / expected.value.dataSync()[0]!).toBeCloseTo(1, 5);
  for (const name of ["x", "weight", "a", "b"]) {
    const [own, wanted] = [found, expected].map(({ gradients }) => (gradients[name] as Tensor2D).dataSync());
    for (const [at, value] of wanted!.entries()) expect(Math.abs(own![at]! - value), name).toBeLessThan(1e-3);
  }
});

test("maps of one input drop by their own seeds, and others beside them stay as they are", () => {
  const other = droppedAdapter({ a, b }, { ...drawn, seed: 8 });
  const [plain, first, second] = tf.tidy(() =>
    affines([{ weight }, maps(), { ...maps(), adapter: other }], x).map((y) => y.arraySync()),
  );
  expect(plain).toEqual(tf.matMul(x, weight).arraySync());
  expect(first).not.toEqual(second);
});
