/** Trains the three architectures on a text file of yours: `node main.ts [FILE.txt] [STEPS]`. */
import { fileURLToPath } from "node:url";
import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createBatchSource, encodeExamples } from "@trivium/data";
import { readExamples } from "@trivium/data/node";
import { compare } from "@trivium/evaluator";
import type { TextExample } from "@trivium/features";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, prefixLm, seq2seq } from "@trivium/objectives";
import { createByteTokenizer, createSharedPair } from "@trivium/text";
import { adamW, warmupCosine } from "@trivium/trainer";

const [file = fileURLToPath(new URL("sample.txt", import.meta.url)), wanted = "60"] = process.argv.slice(2);
const [steps, length, batchSize, seed] = [Number(wanted), 32, 16, 1];

// Text to windows of ids; the last tenth is held out.
const tokenizer = createSharedPair(createByteTokenizer());
const { special } = tokenizer;
const texts: TextExample[] = [];
for await (const text of readExamples(file)) texts.push(text);
const examples = encodeExamples(texts, tokenizer, { length });
const training = examples.slice(0, Math.floor(examples.length * 0.9));
const heldOut = examples.slice(training.length).map((example) => ({ example, references: [] }));
console.log(`${file}: ${training.length} windows of ${length} bytes to train on, ${heldOut.length} held out`);

const config = { vocabulary: tokenizer.size, length, width: 64, layers: 2, heads: 4 };
const events = compare({
  arms: [
    { name: "causal", architecture: causal, config, objective: causalLm() },
    { name: "prefix", architecture: prefix, config, objective: prefixLm() },
    { name: "encoder-decoder", architecture: encoderDecoder, config, objective: seq2seq() },
  ],
  attention: reference(),
  // The same examples in the same order, cut into source and target at the same places.
  batches: (objective) => createBatchSource({ examples: training, special, objective, batchSize, seed }),
  special,
  heldOut,
  decodeTarget: (ids) => tokenizer.decodeTarget(ids),
  steps,
  seed,
  optimizer: adamW(),
  schedule: warmupCosine({ peak: 4e-3, warmupSteps: Math.ceil(steps / 10), steps }),
  clipNorm: 1,
  curvePoints: 3,
});

await simd.activate();
for await (const event of events) {
  if (event.type !== "report") continue;
  const { name, parameters, curve, targetLoss, bitsPerCharacter, seconds } = event.report;
  const losses = curve.map(({ targetLoss }) => targetLoss.toFixed(2)).join(" → ");
  const what = `${name.padEnd(16)}${parameters} parameters, held-out loss ${losses}, at last ${targetLoss.toFixed(3)} nats`;
  console.log(`${what} a byte, ${bitsPerCharacter.toFixed(2)} bits a character, ${seconds.toFixed(1)} s`);
}
