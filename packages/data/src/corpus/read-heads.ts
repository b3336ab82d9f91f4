import { DataError } from "@trivium/core";
import { isTextPair, type TextExample } from "@trivium/features";
import type { ReadOptions } from "../read-options.ts";
import { exampleBlocks } from "./example-blocks.ts";
import { type HeldOutShares, type Part, partOf } from "./part-of.ts";
import type { Shard } from "./shard.ts";
import { assertForm } from "./tokenise.ts";

/** The first examples of each part of a corpus. */
export interface Heads extends Readonly<Record<Part, readonly TextExample[]>> {
  readonly form: "pairs" | "text";
}

/** The request for heads. */
export interface HeadOptions extends HeldOutShares, ReadOptions {
  /** The most examples of a held-out part. */
  readonly heldOutExamples: number;
  readonly ends: boolean;
}

/** Training examples from which vocabulary and length are learned. */
const SAMPLE = 2048;
/** Shards that are looked at, spread evenly. */
const SHARDS = 64;
/** Characters that are read at most to find held-out examples, over all shards. */
const CHARACTERS = 2 ** 28;

/**
 * Reads the beginning of each shard, or of some of many, until there are enough examples of each part.
 *
 * @throws {DataError} `data/empty` if there is nothing to train on, `data/mixed`, and what reading throws.
 */
export async function readHeads(all: readonly Shard[], options: HeadOptions): Promise<Heads> {
  const step = Math.max(1, all.length / SHARDS);
  const shards = Array.from({ length: Math.min(all.length, SHARDS) }, (_, at) => all[Math.floor(at * step)] as Shard);
  const heads = { train: [] as TextExample[], validation: [] as TextExample[], test: [] as TextExample[] };
  let form: Heads["form"] | undefined;
  const most = (part: Part): number => {
    if (part === "train") return SAMPLE;
    return options[part] === 0 ? 0 : options.heldOutExamples;
  };
  for (const [at, shard] of shards.entries()) {
    const quota = (part: Part): number => Math.ceil((most(part) * (at + 1)) / shards.length);
    const isEnough = () =>
      (["train", "validation", "test"] as const).every((part) => heads[part].length >= quota(part));
    let characters = 0;
    for await (const { examples, lines } of exampleBlocks(shard, options)) {
      for (const [index, example] of examples.entries()) {
        form ??= isTextPair(example) ? "pairs" : "text";
        assertForm(example, form, `${shard.path}:${lines[index]}`);
        characters += isTextPair(example) ? example.source.length : example.text.length;
        const part = partOf(example, options);
        // Texts of a block share its memory until they are copied.
        if (heads[part].length < quota(part))
          heads[part].push(structuredClone({ ...ending(example, options), task: shard.task }));
      }
      if (isEnough() || characters > CHARACTERS / shards.length) break;
    }
  }
  const [first] = all;
  if (heads.train.length === 0 || form === undefined) {
    const message = `${first?.path}${all.length > 1 ? ` and ${all.length - 1} more` : ""}: there is no example to train on`;
    throw new DataError("data/empty", message, { details: { file: first?.path } });
  }
  return { ...heads, form };
}

const ending = (example: TextExample, { ends }: HeadOptions): TextExample =>
  isTextPair(example) || ends ? example : { text: example.text, continues: true };
