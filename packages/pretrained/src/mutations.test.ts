import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { simd } from "@trivium/backend-simd";
import type { Files } from "@trivium/checkpoint";
import { mutate } from "@trivium/checkpoint/testing";
import { CheckpointError, createRandom, type Random } from "@trivium/core";
import type { Architecture } from "@trivium/model";
import { disposeTree, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { openPretrained, readTokenizer } from "./index.ts";
import { mutateJson } from "./testing/mutate-json.ts";
import { architectures, families } from "./testing/open-model.ts";

// A hundred thousand in `pnpm check:long`; with `TRIVIUM_SLICE=3/20` the third twentieth of them.
const isLong = process.env.TRIVIUM_LONG !== undefined;
const [slice = 1, slices = 1] = (process.env.TRIVIUM_SLICE ?? "1/1").split("/").map(Number);
const [firstRound, rounds] = isLong ? [((slice - 1) * 12_500) / slices, 12_500 / slices] : [0, 120];
/** No file here is opened in longer; a hang is. */
const LONGEST_MS = 5000;

type Contents = Readonly<Record<string, Uint8Array>>;

const root = join(import.meta.dirname, "..");
const contentsOf = (folder: string, names = readdirSync(join(root, folder))): Contents =>
  Object.fromEntries(
    names
      .filter((name) => !["expected.json", "gradients.safetensors"].includes(name))
      .map((name) => [name, new Uint8Array(readFileSync(join(root, folder, name)))]),
  );

/** Files in memory, which refuse a range that is not within a file. */
function filesOf(contents: Contents): Files {
  const find = (path: string): Uint8Array => {
    const bytes = Object.hasOwn(contents, path) ? contents[path] : undefined;
    if (bytes) return bytes;
    throw new CheckpointError("checkpoint/missing", `x has no ${path}`);
  };
  return {
    name: "x",
    list: async () => Object.keys(contents),
    size: async (path) => find(path).length,
    async read(path, range) {
      const bytes = find(path);
      const { start, end } = range ?? { start: 0, end: bytes.length };
      const isWithin = Number.isSafeInteger(start) && 0 <= start && start <= end && end <= bytes.length;
      if (!isWithin) throw new Error(`bytes ${start} to ${end} of the ${bytes.length} of ${path}`);
      return bytes.slice(start, end);
    },
  };
}

/** Opens a checkpoint with all that it says: weights, tokenizer, generation. */
async function openAll(contents: Contents): Promise<void> {
  const files = filesOf(contents);
  const architecture = (name: string): Architecture => architectures[name] as Architecture;
  const opened = await openPretrained(files, { families, architecture });
  const { foreign, definition, config } = opened;
  await readTokenizer(files, { foreign, definition, vocabulary: config.vocabulary });
  opened.generation();
  disposeTree(await opened.load());
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Changes bytes anywhere, or those of a header, whose rest stays as it is. */
const inHeader =
  (length: number) =>
  (bytes: Uint8Array, random: Random): Uint8Array =>
    random.integer(4) === 0
      ? mutate(bytes, random)
      : Buffer.concat([mutate(bytes.subarray(0, length), random), bytes.subarray(length)]);

const jsonText = (bytes: Uint8Array, random: Random): Uint8Array =>
  encoder.encode(JSON.stringify(mutateJson(JSON.parse(decoder.decode(bytes)), random)));

const json = (bytes: Uint8Array, random: Random): Uint8Array =>
  random.integer(4) === 0 ? mutate(bytes, random) : jsonText(bytes, random);

/** Changes a value of the header of a safetensors file, or bytes of its header or of all. */
function safetensors(bytes: Uint8Array, random: Random): Uint8Array {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (random.integer(2) === 0) return inHeader(8 + length)(bytes, random);
  const header = jsonText(bytes.subarray(8, 8 + length), random);
  const start = new DataView(new ArrayBuffer(8));
  start.setBigUint64(0, BigInt(header.length), true);
  return Buffer.concat([new Uint8Array(start.buffer), header, bytes.subarray(8 + length)]);
}

const cases: readonly [string, Contents, RegExp, (bytes: Uint8Array, random: Random) => Uint8Array][] = [
  ["one safetensors file", contentsOf("fixtures/qwen3"), /\.safetensors$/, safetensors],
  ["parts of safetensors", contentsOf("fixtures/llama-linear"), /\.safetensors$/, safetensors],
  ["an index", contentsOf("fixtures/llama-linear"), /index\.json$/, json],
  ["a GGUF", contentsOf("gguf/fixtures", ["llama.gguf"]), /\.gguf$/, inHeader(1600)],
  ["a configuration with rotary scaling", contentsOf("fixtures/qwen2-window-yarn"), /^config\.json$/, json],
  ["a configuration of GPT-2", contentsOf("fixtures/gpt2"), /^config\.json$/, json],
  ["a configuration of two streams", contentsOf("fixtures/marian"), /^config\.json$/, json],
  ["a generation configuration", contentsOf("fixtures/bart-scaled-forced"), /^generation_config\.json$/, json],
];

beforeAll(async () => void (await simd.activate()));

test.each(cases)("mutated bytes of %s are read within their file, or refused with a CheckpointError", async (...of) => {
  const [name, contents, pattern, change] = of;
  const random = createRandom(`mutations/${name}`);
  const names = Object.keys(contents).filter((file) => pattern.test(file));
  await openAll(contents);
  const tensors = tf.memory().numTensors;
  let sound = 0;
  for (let round = firstRound; round < firstRound + rounds; round++) {
    const own = random.split(round);
    const file = names[own.integer(names.length)] as string;
    const bytes = change(contents[file] as Uint8Array, own.split("change"));
    const start = performance.now();
    try {
      await openAll({ ...contents, [file]: bytes });
      sound++;
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw new Error(`round ${round} of ${name}: ${error}`, { cause: error });
    }
    expect(performance.now() - start).toBeLessThan(LONGEST_MS);
  }
  expect(tf.memory().numTensors).toBe(tensors);
  expect(sound).toBeGreaterThan(0);
  expect(sound).toBeLessThan(rounds);
  if (isLong) console.log(`${name}: ${rounds} mutations, of which ${sound} are still sound`);
});
