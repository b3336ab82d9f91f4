/** Forgets tensors, lets the garbage collector find them, and prints what came back. Needs `--expose-gc`. */
import { setTimeout as sleep } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import { simdUse } from "../index.ts";

const collect = (globalThis as { gc?: () => void }).gc!;

function forget(): void {
  for (let index = 0; index < 20; index++) tf.zeros([1000]);
}

await tf.setBackend("simd");
const kept = tf.ones([10]);
const before = simdUse().liveBytes;
forget();
for (let round = 0; round < 50 && simdUse().forgottenBuffers < 20; round++) {
  collect();
  await sleep(10);
}
const { forgottenBuffers, liveBytes } = simdUse();
const keptSum = Array.from(kept.dataSync()).reduce((sum, value) => sum + value, 0);
console.log(JSON.stringify({ forgotten: forgottenBuffers, leakedBytes: liveBytes - before, keptSum }));
