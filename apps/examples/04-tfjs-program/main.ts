/** A tfjs program that knows nothing of Trivium, but for one import and one name. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import "@trivium/backend-simd";

const [examples, inputs, hidden, classes, epochs] = [512, 64, 128, 10, 20];

/** Points around ten centres, and which centre each belongs to. */
function makeData() {
  const centres = tf.randomNormal([classes, inputs], 0, 1, "float32", 1);
  const labels = tf.tidy(() => tf.cast(tf.floor(tf.randomUniform([examples], 0, classes, "float32", 2)), "int32"));
  const points = tf.tidy(() =>
    tf.add(tf.gather(centres, labels), tf.randomNormal([examples, inputs], 0, 1, "float32", 3)),
  );
  const answers = tf.oneHot(labels, classes);
  tf.dispose([centres, labels]);
  return { points, answers };
}

/** A dense network with one hidden layer, trained on the whole data at once. */
function train() {
  const { points, answers } = makeData();
  const first = tf.variable(tf.randomNormal([inputs, hidden], 0, inputs ** -0.5, "float32", 4));
  const bias = tf.variable(tf.zeros([hidden]));
  const second = tf.variable(tf.randomNormal([hidden, classes], 0, hidden ** -0.5, "float32", 5));
  const logits = () => tf.matMul(tf.relu(tf.add(tf.matMul(points, first), bias)), second);
  const loss = (): tf.Scalar => tf.losses.softmaxCrossEntropy(answers, logits());
  const optimizer = tf.train.adam(0.01);
  const start = performance.now();
  const losses = Array.from({ length: epochs }, () => {
    const value = optimizer.minimize(loss, true) as tf.Scalar;
    const [number] = value.dataSync();
    value.dispose();
    return number as number;
  });
  const seconds = (performance.now() - start) / 1000;
  const right = tf.tidy(() => tf.mean(tf.equal(tf.argMax(logits(), -1), tf.argMax(answers, -1))).dataSync()[0]);
  tf.dispose([points, answers, first, bias, second]);
  return { losses, seconds, right: right as number };
}

const seconds: Record<string, number> = {};
for (const backend of ["cpu", "simd"]) {
  await tf.setBackend(backend);
  const run = train();
  seconds[backend] = run.seconds;
  const [from, to] = [run.losses[0], run.losses.at(-1)].map((loss) => loss?.toFixed(4));
  console.log(`${backend.padEnd(5)} loss ${from} → ${to}, ${run.right * 100} % right, ${run.seconds.toFixed(3)} s`);
}
console.log(`simd took ${((seconds.cpu as number) / (seconds.simd as number)).toFixed(1)} times less`);
