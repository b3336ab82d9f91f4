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
  const json = { name: "shared", tokenizer: { name: "byte" } } as const;
  const { train: examples, fingerprint } = createDataset({ name: "words", ...split, tokenizer: json });
  const tokenizer = createSharedPair(createByteTokenizer());
  const encoded = encodeExamples(examples, tokenizer);
  const { special } = tokenizer;
  const batches = createBatchSource({ examples: encoded, objective: causalLm(), special, batchSize: 2, seed: 1 });
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
