/** Works on two threads, does nothing for a while, and prints how much of a processor that took; ends by itself. */
import { setTimeout as sleep } from "node:timers/promises";
import { tf } from "@trivium/tensor";
import { createSimdBackend } from "../index.ts";

const simd = createSimdBackend({ name: "simd-two", threads: 2 });
await simd.activate();
const [corner] = tf.tidy(() => tf.matMul(tf.ones([256, 256]), tf.ones([256, 256])).dataSync());
// What has just been compiled is optimised in the background for a while.
await sleep(200);
const before = process.cpuUsage();
const begin = performance.now();
await sleep(300);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ corner, idleShare: (user + system) / 1000 / (performance.now() - begin) }));
