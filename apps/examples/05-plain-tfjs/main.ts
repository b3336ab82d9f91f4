/** Trains the network of `network.ts` on three backends in turns, and prints the median time of each. */
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import "@trivium/backend-simd";
import { train } from "./network.ts";

const rounds = 5;
const runs: Record<string, Awaited<ReturnType<typeof train>>[]> = { cpu: [], wasm: [], simd: [] };
// The first round warms up; in turns, so that whatever else the machine does slows all.
for (let round = 0; round <= rounds; round++) {
  for (const [backend, done] of Object.entries(runs)) {
    await tf.setBackend(backend);
    const run = await train();
    if (round > 0) done.push(run);
  }
}

const medianOf = (backend: string) =>
  runs[backend]!.map(({ seconds }) => seconds).sort((a, b) => a - b)[Math.floor(rounds / 2)]!;
for (const [backend, [run]] of Object.entries(runs)) {
  const [from, to] = [run!.losses[0], run!.losses.at(-1)].map((loss) => loss!.toFixed(4));
  const right = (100 * run!.accuracies.at(-1)!).toFixed(0);
  console.log(`${backend.padEnd(5)} loss ${from} → ${to}, ${right} % right, ${medianOf(backend).toFixed(3)} s`);
}
const ratios = ["cpu", "wasm"].map(
  (name) => `${(medianOf(name) / medianOf("simd")).toFixed(1)} times less than ${name}`,
);
console.log(`simd took ${ratios.join(", ")}`);
