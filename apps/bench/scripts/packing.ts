/**
 * Prints how much of a batch is padding, and how many real tokens the fastest step trains on in a second of processor
 * time: with a row each, packed within a step, and packed from a stream. Words of CMUdict, and paragraphs of Moby-Dick:
 * `pnpm packing [CORPUS]`.
 */
import { fused } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { prepareData } from "@trivium/compose";
import { createBatchSource, encodeExamples } from "@trivium/data";
import { type Batch, batchesByStep, createPacker, type Example, type Features, packedRows } from "@trivium/features";
import { type Architecture, createModel, languageTask } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { causalLm, type Objective, seq2seq } from "@trivium/objectives";
import { presets } from "@trivium/presets";
import { createRegistry } from "@trivium/registry";
import { disposeTree } from "@trivium/tensor";
import type { PairTokenizer } from "@trivium/text";
import { adamW, constant, consume, train } from "@trivium/trainer";

const [STEPS, WARMUP] = [9, 3];
const simd = createSimdBackend({ name: "simd-packing", threads: 1 });
await simd.activate();

interface Corpus {
  readonly name: string;
  readonly tokenizer: PairTokenizer;
  readonly examples: readonly Example[];
  /** Tokens of a row at most. */
  readonly length: number;
  readonly batchSize: number;
}

async function loadCorpora(): Promise<readonly Corpus[]> {
  const registry = createRegistry(presets);
  const words = await prepareData({ data: { name: "cmudict" } }, registry);
  const texts = await prepareData({ data: { name: "moby-dick" }, length: 512 }, registry);
  const paragraphs = texts.dataset.train
    .flatMap((example) => ("text" in example ? example.text.split("\n\n") : []))
    .filter((text) => text.length > 1)
    .map((text) => ({ text }));
  const examples = encodeExamples(paragraphs, texts.tokenizer, { length: 512 });
  return [
    { name: "CMUdict", tokenizer: words.tokenizer, examples: words.train, length: 128, batchSize: 256 },
    { name: "paragraphs", tokenizer: texts.tokenizer, examples, length: 512, batchSize: 32 },
  ];
}

/** The batches of some steps, by the way in which examples come into rows. */
function batchings(corpus: Corpus, objective: Objective): ReadonlyMap<string, readonly Batch[]> {
  const { tokenizer, examples, length, batchSize } = corpus;
  const { special } = tokenizer;
  const options = { examples, special, tokenizer, objective, batchSize, seed: 1 };
  const alone = createBatchSource(options);
  const packed = createBatchSource({ ...options, packing: length });
  const steps = [...Array(STEPS).keys()];
  const ofSteps = (source: typeof alone) => steps.flatMap((step) => source.batches(step));
  const rows = Math.max(1, Math.round((packed.batches(0)[0] as Batch).size));
  // Each example once, drawn as the other batches draw.
  const single = createBatchSource({ ...options, batchSize: 1 });
  const features = (function* () {
    for (let step = 0; ; step++) yield rowsOf(single.batches(step)[0] as Batch);
  })();
  const streams = [1, 16, 64].map((open): [string, readonly Batch[]] => [
    `stream, ${open} open`,
    streamed(features, { length, open, rows }),
  ]);
  return new Map([["a row each", ofSteps(alone)], ["within a step", ofSteps(packed)], ...streams]);
}

/** The features of a batch of one example. */
const rowsOf = ({ streams, prefixLengths, targets, lossWeights }: Batch): Features => ({
  streams: Object.fromEntries(Object.entries(streams).map(([name, { ids }]) => [name, [...ids]])),
  prefixLength: prefixLengths[0] as number,
  targets: [...targets],
  lossWeights: [...lossWeights],
});

interface StreamOptions {
  readonly length: number;
  readonly open: number;
  /** Rows of a step. */
  readonly rows: number;
}

function streamed(features: Iterator<Features>, { length, open, rows }: StreamOptions): readonly Batch[] {
  const packer = createPacker({ length, open });
  const batches: Batch[] = [];
  let given: (readonly Features[])[] = [];
  while (batches.length < STEPS) {
    const row = packer.add(features.next().value);
    if (row) given.push(row);
    if (given.length < rows) continue;
    batches.push(packedRows(given));
    given = [];
  }
  return batches;
}

const wasteOf = (batches: readonly Batch[]): number => {
  const slots = batches.flatMap(({ streams }) => Object.values(streams).map(({ ids }) => ids.length));
  const total = slots.reduce((sum, count) => sum + count, 0);
  return 1 - batches.reduce((sum, { seenTokens }) => sum + seenTokens, 0) / total;
};

async function speedOf(
  corpus: Corpus,
  architecture: Architecture,
  task: { objective: Objective; batches: readonly Batch[] },
) {
  const { objective, batches } = task;
  const config = { vocabulary: corpus.tokenizer.size, length: corpus.length, width: 128, layers: 3, heads: 4 };
  const model = createModel({ architecture, config, attention: fused() });
  let [fastest, before] = [0, process.cpuUsage()];
  const { parameters } = await consume(
    train({
      task: languageTask({ model, objective }),
      batches: batchesByStep((step) => [batches[step] as Batch]),
      steps: STEPS,
      seed: 1,
      optimizer: adamW(),
      schedule: constant({ rate: 1e-3 }),
    }),
    (event) => {
      if (event.type !== "step") return;
      const { user, system } = process.cpuUsage(before);
      before = process.cpuUsage();
      if (event.step > WARMUP) fastest = Math.max(fastest, event.seenTokens / ((user + system) / 1e6));
    },
  );
  disposeTree(parameters);
  return fastest;
}

console.log(
  "| data | architecture | rows | padding | real tokens per second of processor |\n| --- | --- | --- | --- | --- |",
);
const [only] = process.argv.slice(2);
for (const corpus of (await loadCorpora()).filter(({ name }) => only === undefined || only === name))
  for (const [architecture, objective] of [
    [causal, causalLm()],
    [encoderDecoder, seq2seq()],
  ] as readonly (readonly [Architecture, Objective])[])
    for (const [name, batches] of batchings(corpus, objective)) {
      const speed = await speedOf(corpus, architecture, { objective, batches });
      const padding = `${(100 * wasteOf(batches)).toFixed(1)} %`;
      console.log(`| ${corpus.name} | ${architecture.name} | ${name} | ${padding} | ${Math.round(speed)} |`);
    }
