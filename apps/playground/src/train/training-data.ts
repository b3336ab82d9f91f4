import { type Dataset, encodeExamples, exampleLength, fitPairTokenizer, pairsDataset } from "@trivium/data";
import { encodeHeldOut, type HeldOut } from "@trivium/evaluator";
import type { Example } from "@trivium/features";
import { createRegistry } from "@trivium/registry";
import { type PairTokenizer, tokenizerPlugins } from "@trivium/text";
import { heldOutShares } from "./held-out-shares.ts";
import type { TaskName } from "./names.ts";
import { generatedTasks, isGenerated } from "./train-settings.ts";

/** Data as the arms take it, the same for all of them. */
export interface TrainingData {
  readonly tokenizer: PairTokenizer;
  readonly examples: readonly Example[];
  readonly heldOut: readonly HeldOut[];
  /** The longest row of any stream. */
  readonly length: number;
}

/** The tokenizers of pairs that are not generated. */
export const tokenizers = {
  own: { name: "shared", tokenizer: { name: "character" } },
  cmudict: { name: "disjoint", source: { name: "character" }, target: { name: "symbol" } },
} as const;

/**
 * The dataset of a task.
 *
 * @param pairs - tab-separated pairs, for tasks that are not generated.
 * @throws {DataError} what `pairsDataset` throws for the pairs.
 */
export async function loadDataset(task: TaskName, pairs: string | Uint8Array): Promise<Dataset> {
  if (isGenerated(task)) return generatedTasks[task].load();
  if (task === "own") return { ...(await pairsDataset(pairs, heldOutShares)), tokenizer: tokenizers.own };
  return { ...(await pairsDataset(pairs, { ...heldOutShares, name: "cmudict.tsv" })), tokenizer: tokenizers.cmudict };
}

/** Encodes a dataset with the tokenizer that it asks for, learned from its training part. */
export function encodeData(dataset: Dataset): TrainingData {
  const registry = createRegistry(tokenizerPlugins);
  const tokenizer = fitPairTokenizer(dataset, (json) =>
    registry.create("tokenizer", json.name as never, json as never),
  );
  const examples = encodeExamples(dataset.train, tokenizer);
  const heldOut = encodeHeldOut(dataset.validation, tokenizer, Number.MAX_SAFE_INTEGER);
  const lengths = [...examples, ...heldOut.map(({ example }) => example)].map((example) =>
    exampleLength(example, tokenizer.special),
  );
  return { tokenizer, examples, heldOut, length: lengths.reduce((most, length) => Math.max(most, length), 2) };
}
