/** A dense network of tfjs's own layers on made-up digits: it knows of no backend. */
import * as tf from "@tensorflow/tfjs-core";
import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";

const [examples, pixels, classes] = [500, 784, 10];

/** Images that are one of ten patterns and noise, and which one it is. */
function makeData() {
  return tf.tidy(() => {
    const patterns = tf.randomNormal([classes, pixels], 0, 1, "float32", 1);
    const digits = tf.cast(tf.floor(tf.randomUniform([examples], 0, classes, "float32", 2)), "int32");
    const noise = tf.randomNormal([examples, pixels], 0, 4, "float32", 3);
    return { images: tf.add(tf.gather(patterns, digits), noise), labels: tf.oneHot(digits, classes) };
  });
}

function createNetwork() {
  const kernel = (seed: number) => ({ kernelInitializer: initializers.glorotUniform({ seed }) });
  const network = sequential({
    layers: [
      layers.dense({ inputShape: [pixels], units: 32, activation: "relu", ...kernel(4) }),
      layers.dense({ units: classes, activation: "softmax", ...kernel(5) }),
    ],
  });
  network.compile({ optimizer: "adam", loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  return network;
}

/** Trains the network; the loss and the accuracy of each epoch, and how long that took. */
export async function train() {
  const { images, labels } = makeData();
  const network = createNetwork();
  const started = performance.now();
  const { history } = await network.fit(images, labels, { epochs: 5, batchSize: 50, shuffle: false, verbose: 0 });
  const seconds = (performance.now() - started) / 1000;
  tf.dispose([images, labels]);
  network.dispose();
  return { losses: history.loss as number[], accuracies: history.acc as number[], seconds };
}
