/**
 * Trains a small GPT on two threads with batches of ever other shapes, and prints what the process and the engine hold
 * at a tenth of the steps and at the end: `pnpm resident-memory [STEPS] [stream]`, 10,000 by default. With `stream` the batches
 * are of a compressed corpus that is streamed, shuffled, packed over steps and cut into micro-batches. Fails if resident memory
 * has grown by more than 32 MiB in between.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { createPackedSource, createStreamExamples } from "@trivium/data";
import { corpusDataset } from "@trivium/data/node";
import { type Batch, type BatchSource, batchesByStep, toBatch } from "@trivium/features";
import { createModel, languageTask } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { causalLm } from "@trivium/objectives";
import { disposeTree, tf } from "@trivium/tensor";
import { createByteTokenizer, createSharedPair, reservedSpecials } from "@trivium/text";
import { adamW, constant, consume, type StepEvent, train } from "@trivium/trainer";

const [VOCABULARY, LENGTH, ROWS] = [261, 32, 8];
const ALLOWED_GROWTH_MIB = 32;
const steps = Number(process.argv[2] ?? 10_000);
const early = Math.ceil(steps / 10);

const simd = createSimdBackend({ name: "simd-resident", threads: 2 });
await simd.activate();
const objective = causalLm();
const config = { vocabulary: VOCABULARY, length: LENGTH, width: 32, layers: 2, heads: 2, dropout: 0.1 };
const model = createModel({ architecture: causal, config, attention: reference() });

/** Rows of random ids, of other lengths and another number in each step. */
function randomBatch(step: number): Batch {
  const random = createRandom("resident-memory").split(step);
  const rows = Array.from({ length: 1 + random.integer(ROWS) }, () => {
    const tokens = Array.from({ length: 2 + random.integer(LENGTH - 1) }, () => random.integer(VOCABULARY));
    return objective.features({ tokens }, { special: reservedSpecials(), random });
  });
  return toBatch(rows, { pad: 0 });
}

/** Batches of lines of other lengths, from a file that an epoch reads in about a thousand steps. */
async function streamedBatches(): Promise<BatchSource<Batch>> {
  const folder = mkdtempSync(join(tmpdir(), "resident-memory-"));
  process.once("exit", () => rmSync(folder, { recursive: true }));
  const random = createRandom("resident-memory");
  const lines = Array.from({ length: 2000 * ROWS }, (_, at) => {
    const text = `${at} ${"word ".repeat(random.integer(LENGTH / 8))}`;
    return `${JSON.stringify({ text })}\n`;
  });
  const path = join(folder, "corpus.jsonl.gz");
  writeFileSync(path, gzipSync(lines.join("")));
  const { stream } = await corpusDataset({ path, cache: false });
  const tokenizer = createSharedPair(createByteTokenizer());
  const sources = stream?.sources({ tokenizer, length: LENGTH, tooLong: undefined, seed: 1 }) ?? [];
  const [batchSize, microBatchSize] = [2 * ROWS, ROWS];
  return createPackedSource({
    source: createStreamExamples({ sources, buffer: 256, batchSize, seed: 1 }),
    special: tokenizer.special,
    tokenizer,
    objective,
    batchSize,
    microBatchSize,
    packing: LENGTH,
    openRows: 8,
  });
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** Prints what is held after a step; the resident memory, in MiB. */
function report({ step, loss }: StepEvent): number {
  const { rss, heapUsed } = process.memoryUsage();
  const { liveBytes, peakBytes, capacityBytes, liveBuffers, forgottenBuffers } = simd.use();
  const engine = `engine live ${mebibytes(liveBytes)}, peak ${mebibytes(peakBytes)}, grown to ${mebibytes(capacityBytes)} MiB`;
  const counts = `${tf.memory().numTensors} tensors, ${liveBuffers} buffers, ${forgottenBuffers} forgotten`;
  console.log(
    `step ${step}: resident ${mebibytes(rss)}, heap ${mebibytes(heapUsed)} MiB; ${engine}; ${counts}; loss ${loss.toFixed(3)}`,
  );
  return rss / 2 ** 20;
}

const resident: number[] = [];
const { parameters } = await consume(
  train({
    task: languageTask({ model, objective }),
    batches: process.argv[3] === "stream" ? await streamedBatches() : batchesByStep((step) => [randomBatch(step)]),
    steps,
    seed: 1,
    clipNorm: 1,
    optimizer: adamW(),
    schedule: constant({ rate: 1e-3 }),
  }),
  (event) => {
    if (event.type === "step" && (event.step === early || event.step === steps)) resident.push(report(event));
  },
);
disposeTree(parameters);
const [before = 0, after = 0] = resident;
const growth = after - before;
console.log(`growth: ${growth.toFixed(1)} MiB, allowed ${ALLOWED_GROWTH_MIB}`);
process.exitCode = growth <= ALLOWED_GROWTH_MIB ? 0 : 1;
