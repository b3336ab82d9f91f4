/**
 * llama.cpp's peer of `trivium bench decoding`, by node-llama-cpp: a token against cached keys.
 *
 * Usage: node llama_decoding.mjs JSON, with file (a GGUF), package (the entry of node-llama-cpp), keys, tokens, length and
 * threads. Says when it is ready, with the type of the processor's code; then runs as many tokens as each line of standard
 * input says, and prints their seconds. After `tokens` tokens the cache goes back to the prompt.
 */
import { createInterface } from "node:readline";

const settings = JSON.parse(process.argv[2]);
const { keys, tokens, length, threads } = settings;
const { getLlama } = await import(settings.package);
const llama = await getLlama({
  gpu: false,
  build: "never",
  logLevel: "error",
  progressLogs: false,
  maxThreads: threads,
});
const model = await llama.loadModel({ modelPath: settings.file });
const context = await model.createContext({ contextSize: length, batchSize: 512, threads });
const sequence = context.getSequence();
await sequence.evaluateWithoutGeneratingNewTokens(Array(keys).fill(1));

const greedy = { temperature: 0, yieldEogToken: true };
let run = 0;
let next = sequence.evaluate([1], greedy);
process.stdout.write(`${JSON.stringify({ peer: "node-llama-cpp", threads: context.currentThreads })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const started = performance.now();
  for (let time = 0; time < Number(line); time++) {
    if (run === tokens) {
      await next.return();
      await sequence.eraseContextTokenRanges([{ start: keys, end: sequence.nextTokenIndex }]);
      next = sequence.evaluate([1], greedy);
      run = 0;
    }
    await next.next();
    run += 1;
  }
  process.stdout.write(`${JSON.stringify({ seconds: (performance.now() - started) / 1000 })}\n`);
}
process.exit(0);
