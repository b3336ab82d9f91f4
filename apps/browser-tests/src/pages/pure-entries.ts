import { decodeSafetensors, encodeSafetensors } from "@trivium/checkpoint";
import { createBatchSource, createDataset, encodeExamples, splitByHash } from "@trivium/data";
import { bleu } from "@trivium/evaluator";
import { causalLm } from "@trivium/objectives";
import { createByteTokenizer, createSharedPair } from "@trivium/text";
import { createMemoryStore, train } from "@trivium/trainer";

/** Uses a part of each entry that needs nothing of Node: data, training, evaluation and files in memory. */
export function main() {
  const texts = ["one", "two", "three", "four"].map((text) => ({ text }));
  const split = splitByHash(texts, { validation: 1, test: 1 });
  const tokenizer = { name: "shared", tokenizer: { name: "byte" } } as const;
  const { train: examples, fingerprint } = createDataset({ name: "words", ...split, tokenizer });
  const encoded = encodeExamples(examples, createSharedPair(createByteTokenizer()));
  const batches = createBatchSource({ examples: encoded, objective: causalLm(), batchSize: 2, seed: 1 });
  const ids = batches.batches(0)[0]!.targets;
  const bytes = encodeSafetensors({ ids: { dtype: "I32", shape: [ids.length], data: ids } });
  const { arrays } = decodeSafetensors(bytes);
  return {
    fingerprint,
    ids: [...arrays.ids!.data],
    store: createMemoryStore().location,
    functions: [typeof train, typeof bleu],
  };
}
