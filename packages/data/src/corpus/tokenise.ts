import { DataError } from "@trivium/core";
import { type Example, isTextPair, type TextExample, type TextPair } from "@trivium/features";
import type { PairTokenizer } from "@trivium/text";
import { cutText, encodePair, exampleLength } from "../encode-examples.ts";
import { cutPair } from "../fit-to-length.ts";
import { referencesOf } from "../group-references.ts";
import type { ExamplePacker, PackedExamples } from "../stream/packed-examples.ts";
import type { TooLong } from "../too-long.ts";
import { type HeldOutShares, partOf } from "./part-of.ts";
import type { ExampleBlock } from "./place.ts";

/** How the examples of a corpus become ids. */
export interface Encoding {
  readonly tokenizer: PairTokenizer;
  /** Positions of the model. */
  readonly length: number;
  readonly tooLong: TooLong;
  readonly shares: HeldOutShares;
  readonly form: "pairs" | "text";
  /** Whether a text of JSON lines or of a table ends. */
  readonly ends: boolean;
  readonly packer: ExamplePacker;
}

/**
 * The training examples of a block as ids. Each target of a pair is an example of its own.
 *
 * @param name - the path of the shard.
 * @throws {DataError} `data/mixed` for a pair among texts or a text among pairs, `data/too-long`, with file and line.
 */
export function tokenise({ examples, lines }: ExampleBlock, encoding: Encoding, name: string): PackedExamples {
  const { packer } = encoding;
  for (const [at, example] of examples.entries()) {
    assertForm(example, encoding.form, `${name}:${lines[at]}`);
    if (partOf(example, encoding.shares) !== "train") continue;
    if (isTextPair(example)) {
      for (const target of referencesOf(example)) {
        const pair = fitted({ source: example.source, target }, encoding, `${name}:${lines[at]}`);
        if (pair) packer.add(pair);
      }
    } else {
      const text = encoding.ends ? example : { text: example.text, continues: true };
      const { tokens, windows } = cutText(text, encoding.tokenizer, encoding.length);
      for (const { bounds, ends } of windows) packer.addWindow(tokens, bounds, ends);
    }
  }
  return packer.packed();
}

/** @throws {DataError} `data/mixed`. */
export function assertForm(example: TextExample, form: Encoding["form"], place: string): void {
  const got = isTextPair(example) ? "pairs" : "text";
  if (got === form) return;
  const message = `${place} has ${got === "text" ? "text" : "a pair"}, the corpus began with ${form === "text" ? "texts" : "pairs"}; make two corpora of them`;
  throw new DataError("data/mixed", message, { details: { place } });
}

function fitted(pair: TextPair, { tokenizer, length, tooLong }: Encoding, place: string): Example | undefined {
  const encoded = encodePair(pair, tokenizer);
  const taken = exampleLength(encoded, tokenizer.special);
  if (taken <= length) return encoded;
  if (tooLong === "error") throw tooLongPair(place, taken, length);
  const [cut] = tooLong === "cut" ? cutPair(pair, tokenizer, length) : [];
  return cut && encodePair(cut, tokenizer);
}

const tooLongPair = (place: string, got: number, length: number): DataError =>
  new DataError(
    "data/too-long",
    `${place}: the pair takes ${got} positions, the model has ${length}; --too-long skip leaves such pairs out, --too-long cut shortens them, --length ${got} takes this one`,
    { details: { place, got, length } },
  );
