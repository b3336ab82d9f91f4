import { createSha256, DataError } from "@trivium/core";
import { isTextPair, type TextExample } from "@trivium/features";
import { cut } from "./cut.ts";
import type { Dataset } from "./dataset.ts";

/**
 * A dataset of examples that are at hand.
 *
 * @throws {DataError} `data/empty` if there is nothing to train on.
 * @example createDataset({ name: "tiny", train: [{ text: "abc" }], validation: [], test: [], tokenizer: { name: "shared", tokenizer: { name: "byte" } } })
 */
export function createDataset(parts: Omit<Dataset, "fingerprint">): Dataset {
  if (parts.train.length === 0) throw new DataError("data/empty", `${parts.name} has no training examples`);
  return { ...parts, fingerprint: fingerprint([parts.train, parts.validation, parts.test]) };
}

/** Examples are hashed in blocks: one by one takes longer than reading them, all at once may exceed a string. */
const BLOCK = 4096;

/** The form in which an example is hashed: a text that goes on is nothing but its text. */
const hashed = (example: TextExample): object => {
  if (isTextPair(example)) return example;
  return example.continues ? { text: example.text } : { text: example.text, ends: true };
};

function fingerprint(parts: readonly (readonly TextExample[])[]): string {
  const hash = createSha256();
  for (const part of parts) {
    for (const block of cut(part, BLOCK)) hash.update(JSON.stringify(block.map(hashed)));
    hash.update("\n");
  }
  return hash.digest();
}
