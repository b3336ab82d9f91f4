import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import { type Tensor, type Tensor4D, tf } from "../tf.ts";
import { valueAndGradients } from "../value-and-gradients.ts";
import { maskedSoftmax } from "./masked-softmax.ts";

const numbers = (tensor: unknown) => Array.from((tensor as Tensor).dataSync());
const visible = (rows: number[][]) =>
  tf.tensor4d(rows.flat(), [1, 1, rows.length, rows[0]!.length], "bool") as Tensor4D;

test("pitfall 1: a row that sees nothing does not make the gradient of a shared weight NaN", () => {
  const weight = tf.scalar(0.5);
  const scores = tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 1, 2, 3]);
  const loss = () => {
    const rows = maskedSoftmax({
      scores: tf.mul(scores, weight),
      visible: visible([
        [1, 1, 0],
        [0, 0, 0],
      ]),
      scale: 1,
    });
    return tf.sum(tf.square(rows));
  };
  const { gradients } = valueAndGradients(loss, { weight });
  const [gradient] = numbers(gradients.weight);
  // Only the first row contributes: p = sigmoid(±w), d/dw (p² + (1−p)²) = 2(2p − 1)p(1−p).
  const p = 1 / (1 + Math.exp(-0.5));
  expect(gradient).toBeCloseTo(2 * (2 * p - 1) * p * (1 - p), 6);
});

test("pitfall 2: a row that sees nothing is 0 everywhere, not uniform over hidden keys", () => {
  const scores = tf.tensor4d([5, -5, 0, 1, 2, 3], [1, 1, 2, 3]);
  const rows = numbers(
    maskedSoftmax({
      scores,
      visible: visible([
        [0, 0, 0],
        [0, 1, 0],
      ]),
      scale: 1,
    }),
  );
  expect(rows).toEqual([0, 0, 0, 0, 1, 0]);
});

test("a hidden score leaves no trace, however large, and gets no gradient", () => {
  const shown = visible([[1, 0, 1]]);
  const rows = (hidden: number) =>
    numbers(maskedSoftmax({ scores: tf.tensor4d([1, hidden, 2], [1, 1, 1, 3]), visible: shown, scale: 1 }));
  expect(rows(1e30)).toEqual(rows(0));
  const scores = tf.tensor4d([1, 100, 2], [1, 1, 1, 3]);
  const { gradients } = valueAndGradients(
    () => tf.sum(tf.square(maskedSoftmax({ scores, visible: shown, scale: 1 }))),
    { scores },
  );
  expect(numbers(gradients.scores)[1]).toBe(0);
});

test("pitfall 3: hidden keys whose logits overflow to −∞ do not make a row NaN", () => {
  const scores = tf.fill([1, 1, 1, 3], -3e38) as Tensor4D;
  expect(numbers(maskedSoftmax({ scores, visible: visible([[0, 0, 0]]), scale: 2 }))).toEqual([0, 0, 0]);
});

test("at scale 0 the visible keys share evenly and no gradient is NaN", () => {
  const scores = tf.tensor4d([1, 2, 3], [1, 1, 1, 3]) as Tensor4D;
  const rows = () => maskedSoftmax({ scores, visible: visible([[1, 0, 1]]), scale: 0 });
  expect(numbers(rows())).toEqual([0.5, 0, 0.5]);
  expect(numbers(valueAndGradients(() => tf.sum(tf.square(rows())), { scores }).gradients.scores)).toEqual([0, 0, 0]);
});
