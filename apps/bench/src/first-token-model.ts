import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fused } from "@trivium/attention";
import { writeFiles } from "@trivium/checkpoint/node";
import { createRandom } from "@trivium/core";
import { type Architecture, createModel } from "@trivium/model";
import { exportPretrained, pretrainedPlugins } from "@trivium/pretrained";
import { disposeTree, flattenTree } from "@trivium/tensor";
import {
  createHuggingFaceTokenizer,
  createSharedPair,
  createWordCounter,
  reservedSpecials,
  type TokenizerDefinition,
  trainBytePairs,
} from "@trivium/text";
import { writeCorpus } from "./corpus-file.ts";
import { modelOptionsOf } from "./decoding-work.ts";
import { plugins } from "./plugins.ts";

/** Sizes of a model in a folder. */
export interface FirstTokenSizes {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Ids of a vocabulary that is learned from made-up words. */
  readonly vocabulary: number;
  /** A `tokenizer.json` in its place. Default: none. */
  readonly tokenizer?: string | undefined;
}

/** Bytes of text that a vocabulary is learned from, for each of its ids. */
const LEARNED = 250;
const LENGTH = 1024;

/** Writes a model of GPT-2's layers with random weights as a folder of Hugging Face's. @returns its number of parameters. */
export async function writeFirstTokenModel(folder: string, sizes: FirstTokenSizes): Promise<number> {
  const { layers, width, heads, vocabulary, tokenizer: file } = sizes;
  const definition =
    file === undefined ? await learned(vocabulary, join(folder, "corpus.txt")) : await definitionOf(file);
  const tokenizer = createSharedPair(createHuggingFaceTokenizer({ definition, special: reservedSpecials() }));
  const shape = { layers, width, heads, keyValueHeads: heads, feedForward: 4 * width, vocabulary: tokenizer.size };
  const architecture: Architecture = plugins.get("architecture", "causal");
  const model = createModel({
    architecture,
    config: modelOptionsOf({ ...shape, style: "gpt" }, LENGTH),
    attention: fused(),
  });
  const parameters = model.createParameters(createRandom("bench first-token"));
  const leaves = Object.entries(flattenTree(parameters));
  const arrays = leaves.map(([path, leaf]) => {
    return [path, { dtype: "F32", shape: leaf.shape, data: leaf.dataSync() as Float32Array }] as const;
  });
  const families = pretrainedPlugins.map(({ create }) => create);
  const { files } = exportPretrained({ model, arrays: Object.fromEntries(arrays), tokenizer, families });
  await writeFiles(folder, files);
  disposeTree(parameters);
  return leaves.reduce((sum, [, { size }]) => sum + size, 0);
}

/** Learns a vocabulary from made-up words, which are written to a file and removed. */
async function learned(size: number, corpus: string): Promise<TokenizerDefinition> {
  await writeCorpus(corpus, "txt", LEARNED * size);
  const counter = createWordCounter();
  counter.add(await readFile(corpus, "utf8"));
  await rm(corpus);
  return trainBytePairs(counter.counts(), { size });
}

const definitionOf = async (file: string): Promise<TokenizerDefinition> => JSON.parse(await readFile(file, "utf8"));
