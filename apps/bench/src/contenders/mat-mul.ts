import { type Tensor2D, tf } from "@trivium/tensor";
import { type Contender, contenderOn, oneByOne, type Subject } from "../contender.ts";
import { type GemmWork, gemmWork, randomValues } from "../gemm-work.ts";

/** A product by tfjs's `matMul`, on some backend. */
export async function matMulContender(subject: Subject, work: GemmWork): Promise<Contender> {
  const { shapes, transposeA, transposeB } = work;
  await subject.use();
  const matrix = (shape: [number, number]): Tensor2D => tf.tensor2d(randomValues(...shape), shape);
  const [a, b] = [matrix(shapes.a), matrix(shapes.b)];
  const multiply = (): Tensor2D => tf.matMul(a, b, transposeA, transposeB);
  return contenderOn(subject, {
    work,
    async run(times) {
      for (let time = 1; time < times; time++) multiply().dispose();
      await finished(multiply());
    },
    close: () => tf.dispose([a, b]),
  });
}

/** Waits until a backend that works elsewhere has done it: a value is there then. Disposes the tensor. */
export async function finished(tensor: tf.Tensor): Promise<void> {
  const value = tf.slice(tf.reshape(tensor, [-1]), [0], [1]);
  await value.data();
  tf.dispose([tensor, value]);
}

/** Products of whose speeds the best counts as the engine's peak: those of a step, and a cube. */
export function peakContenders(subject: Subject, tokens: number, width: number): Promise<Contender[]> {
  const sizes = [
    { m: tokens, n: 4 * width, k: width },
    { m: tokens, n: width, k: 4 * width },
    { m: 1024, n: 1024, k: 1024 },
  ];
  return oneByOne(sizes, (size) => matMulContender({ ...subject, name: "peak" }, gemmWork(size, "nn")));
}
