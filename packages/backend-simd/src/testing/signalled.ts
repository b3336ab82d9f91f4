/**
 * Multiplies on two threads for a second while another thread sends the process signals, as a terminal does whose size
 * changes, and prints how many of them arrived: `node signalled.ts GEMM`.
 */
import { Worker } from "node:worker_threads";
import { tf } from "@trivium/tensor";
import { createSimdBackend } from "../index.ts";

const [gemm = ""] = process.argv.slice(2);
let arrived = 0;
process.on("SIGUSR2", () => arrived++);
const simd = createSimdBackend({ name: "simd-signalled", threads: 2, gemm });
await simd.activate();
const source = 'setInterval(() => process.kill(process.pid, "SIGUSR2"), 1)';
const sender = new Worker(source, { eval: true, execArgv: [] });
const until = performance.now() + 1000;
while (performance.now() < until) {
  // Deep enough that oneDNN packs into its workspace.
  for (const size of [64, 200, 256])
    tf.tidy(() => tf.matMul(tf.ones([4 * size, size]), tf.ones([size, size])).dataSync());
  await new Promise((resolve) => setImmediate(resolve));
}
await sender.terminate();
console.log(JSON.stringify({ arrived }));
