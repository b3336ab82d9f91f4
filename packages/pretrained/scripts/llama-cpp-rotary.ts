/**
 * Writes what llama.cpp computes with rotary scalings in files of our own export: log-probabilities behind a row of tokens.
 * `node --conditions=@trivium/source scripts/llama-cpp-rotary.ts ENTRY`, where ENTRY is the path of node-llama-cpp's
 * `dist/index.js`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simd } from "@trivium/backend-simd";
import { writeFiles } from "@trivium/checkpoint/node";
import { flattenTree } from "@trivium/tensor";
import { createByteTokenizer, createSharedPair } from "@trivium/text";
import { exportGguf } from "../src/index.ts";
import { families } from "../src/testing/open-model.ts";
import { rotaryModel, rotaryPrompt, type ScalingName, scalingNames } from "../src/testing/rotary-models.ts";

/** The part of node-llama-cpp that is used here. */
interface NodeLlamaCpp {
  getLlama(options: object): Promise<{ loadModel(options: object): Promise<Model> }>;
}
interface Model {
  createContext(options: object): Promise<{ getSequence(): Sequence }>;
  dispose(): Promise<void>;
}
interface Sequence {
  controlledEvaluate(
    input: readonly (number | readonly [number, object])[],
  ): Promise<readonly ({ next: { probabilities: ReadonlyMap<number, number> } } | undefined)[]>;
}

const [entry = ""] = process.argv.slice(2);
await simd.activate();
const { getLlama } = (await import(entry)) as NodeLlamaCpp;
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", progressLogs: false });
const folder = mkdtempSync(join(tmpdir(), "trivium-rotary-"));

async function computed(name: ScalingName): Promise<number[]> {
  const { model, parameters } = rotaryModel(name);
  const arrays = Object.entries(flattenTree(parameters)).map(([path, leaf]) => {
    return [path, { dtype: "F32", shape: leaf.shape, data: leaf.dataSync() as Float32Array }] as const;
  });
  const tokenizer = createSharedPair(createByteTokenizer());
  const { files } = exportGguf({ model, arrays: Object.fromEntries(arrays), tokenizer, families, type: "F32" });
  await writeFiles(folder, files);
  const loaded = await llama.loadModel({ modelPath: join(folder, files[0]?.name ?? "") });
  const exact = { experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32", flashAttention: false };
  const context = await loaded.createContext({ contextSize: 64, threads: 1, ...exact });
  const last = [rotaryPrompt.at(-1) as number, { generateNext: { probabilities: true } }] as const;
  const found = await context.getSequence().controlledEvaluate([...rotaryPrompt.slice(0, -1), last]);
  const { probabilities } = found.at(-1)?.next ?? { probabilities: new Map<number, number>() };
  await loaded.dispose();
  return Array.from({ length: model.vocabulary }, (_, id) =>
    Number(Math.log(probabilities.get(id) ?? Number.NaN).toPrecision(8)),
  );
}

const found: Record<string, number[]> = {};
for (const name of scalingNames) found[name] = await computed(name);
const { version } = JSON.parse(readFileSync(join(entry, "../../package.json"), "utf8")) as { version: string };
const by = `node-llama-cpp ${version}: packages/pretrained/scripts/llama-cpp-rotary.ts`;
writeFileSync(new URL("../gguf/fixtures/rotary.json", import.meta.url), `${JSON.stringify({ by, found })}\n`);
rmSync(folder, { recursive: true });
process.exit(0);
