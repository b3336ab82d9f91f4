/**
 * The reader of `trivium bench data`, in a process that does nothing else: a corpus from its files to ids.
 *
 * Usage: node read_corpus.mjs JSON, with path, length, definition (file of a tokenizer.json; without it text becomes bytes),
 * and for batches at the pace of training batch, steps and stepSeconds. Prints what it measured, or what was wrong, as JSON.
 */
import { readFileSync } from "node:fs";
import { createStreamSource } from "@trivium/data";
import { corpusDataset } from "@trivium/data/node";
import { causalLm } from "@trivium/objectives";
import { createByteTokenizer, createHuggingFaceTokenizer, createSharedPair, reservedSpecials } from "@trivium/text";

const settings = JSON.parse(process.argv[2]);
const { path, length, definition, batch, steps, stepSeconds } = settings;

const side =
  definition === undefined
    ? createByteTokenizer()
    : createHuggingFaceTokenizer({
        definition: JSON.parse(readFileSync(definition, "utf8")),
        special: reservedSpecials(),
      });
const tokenizer = createSharedPair(side);

/** Reads all once. The bytes are those before the last block of each file. */
async function drain(sources) {
  let [tokens, bytes, last] = [0, 0, 0];
  for (const source of sources) {
    const blocks = source.blocks({ epoch: 0, shard: 0, at: 0, line: 0 });
    for (let next = await blocks.next(); next.value?.from.epoch === 0; next = await blocks.next()) {
      const { from, examples } = next.value;
      tokens += examples.ids.length;
      for (const buffer of new Set([examples.kinds.buffer, examples.bounds.buffer, examples.ids.buffer]))
        buffer.transfer(0);
      if (from.at < last) bytes += last;
      last = from.at;
    }
    await blocks.return?.();
    [bytes, last] = [bytes + last, 0];
  }
  return { tokens, bytes };
}

/** Takes batches as training does, whose steps keep this thread busy. */
async function paced(sources) {
  const options = { special: tokenizer.special, objective: causalLm(), batchSize: batch, seed: 0, buffer: 2048 };
  const source = createStreamSource({ ...options, tokenizer, sources });
  let [cursor, tokens, waited] = [null, 0, 0];
  for (let step = 0; step < steps; step++) {
    const asked = performance.now();
    const { batches, cursor: next } = await source.step({ step, cursor, shards: [0], of: 1 });
    // What the first batch waits for is the start of the reader, once in a run.
    if (step > 0) waited += performance.now() - asked;
    for (const { seenTokens } of batches.flat()) tokens += seenTokens;
    cursor = next;
    for (const until = performance.now() + 1000 * stepSeconds; performance.now() < until; );
  }
  return { tokens, bytes: 0, waiting: waited / 1000 / (Math.max(1, steps - 1) * stepSeconds) };
}

try {
  const { stream } = await corpusDataset({ path, cache: false });
  const [started, used] = [performance.now(), process.cpuUsage()];
  const sources = stream.sources({ tokenizer, length, tooLong: undefined, seed: 0 });
  const found = stepSeconds === undefined ? await drain(sources) : await paced(sources);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(used);
  const peak = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(
    JSON.stringify({ ...found, seconds, processorSeconds: (user + system) / 1e6, residentBytes: peak }),
  );
  process.exit(0);
} catch (error) {
  process.stdout.write(JSON.stringify({ error: error.message, code: error.code ?? "bench/reader" }));
  process.exit(1);
}
