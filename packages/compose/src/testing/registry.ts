import { attentionPlugins } from "@trivium/attention";
import { cpuPlugin } from "@trivium/backend-tfjs";
import { createDataset, dataset } from "@trivium/data";
import type { TextExample } from "@trivium/features";
import { causalPlugin } from "@trivium/model-causal";
import { encoderDecoderPlugin } from "@trivium/model-encoder-decoder";
import { prefixPlugin } from "@trivium/model-prefix";
import { objectivePlugins } from "@trivium/objectives";
import { type AnyPlugin, createRegistry } from "@trivium/registry";
import { tokenizerPlugins } from "@trivium/text";
import { trainerPlugins } from "@trivium/trainer";
import { runFolderPlugin } from "../run-folder.ts";

const words = Array.from({ length: 20 }, (_, index) => `w${"o".repeat(index % 5)}${index}`);
const parts = (examples: readonly TextExample[]) => ({
  train: examples.slice(0, 12),
  validation: examples.slice(12, 16),
  test: examples.slice(16),
});

/** Twenty words and the same in capitals, each with a second right answer. */
const loud = dataset("loud", async () =>
  createDataset({
    name: "loud",
    ...parts(
      words.map((source) => ({ source, target: source.toUpperCase(), references: [source.toUpperCase(), "?"] })),
    ),
    tokenizer: { name: "disjoint", source: { name: "character" }, target: { name: "character" } },
  }),
);

/** Twenty texts, the first of a single letter. */
const quiet = dataset("quiet", async () =>
  createDataset({
    name: "quiet",
    ...parts(["x", ...words.slice(1)].map((text) => ({ text }))),
    tokenizer: { name: "shared", tokenizer: { name: "byte" } },
  }),
);

/** Twenty pairs of ids and the same the other way around, for models without a tokenizer. */
const ids = dataset("ids", async () =>
  createDataset({
    name: "ids",
    ...parts(words.map((_, at) => ({ source: `${5 + at} 7 9`, target: `9 7 ${5 + at}` }))),
    tokenizer: { name: "shared", tokenizer: { name: "byte" } },
  }),
);

/** The plugins that recipes of tests name. */
export const registry = createRegistry<AnyPlugin>([
  causalPlugin,
  prefixPlugin,
  encoderDecoderPlugin,
  cpuPlugin,
  loud,
  quiet,
  ids,
  runFolderPlugin,
  ...attentionPlugins,
  ...objectivePlugins,
  ...tokenizerPlugins,
  ...trainerPlugins,
]);

/** A recipe that trains within a second. */
export const small = {
  model: { width: 8, heads: 2, layers: 1 },
  data: { name: "loud" },
  backend: { name: "cpu" },
  steps: 4,
  batch: 4,
} as const;
