import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fused } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createBatchSource, encodeExamples } from "@trivium/data";
import { fileDataset } from "@trivium/data/node";
import { collectAnswers, generate } from "@trivium/generate";
import { type Architecture, createModel, languageTask } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { disposeTree } from "@trivium/tensor";
import { createCharacterTokenizer, createSharedPair } from "@trivium/text";
import { adamW, constant, consume, train } from "@trivium/trainer";
import { afterAll, beforeAll, expect, test } from "vitest";

beforeAll(() => simd.activate());
const folder = mkdtempSync(join(tmpdir(), "documents-"));
afterAll(() => rmSync(folder, { recursive: true }));

const roads: readonly (readonly [Architecture, Objective])[] = [
  [causal, causalLm()],
  [prefix, prefixLm()],
  [encoderDecoder, seq2seq()],
];

interface Case {
  readonly name: string;
  readonly documents: readonly string[];
  readonly length: number;
  /** The answer to each prompt, and why it stopped. */
  readonly answers: Readonly<Record<string, readonly [text: string, reason: string]>>;
  readonly ends?: boolean | undefined;
}

const cases: readonly Case[] = [
  { name: "one document", documents: ["aei."], length: 16, answers: { a: ["ei.", "end"], ae: ["i.", "end"] } },
  {
    name: "documents that begin and end in their own ways",
    documents: ["ab", "cde", "x"],
    length: 16,
    answers: { a: ["b", "end"], cd: ["e", "end"], x: ["", "end"] },
  },
  {
    name: "a document of two windows goes on behind the first",
    documents: ["abcdefghij"],
    length: 6,
    answers: { ab: ["cdef", "length"], fg: ["hij", "end"] },
  },
  {
    name: "pieces of a stream have no end",
    documents: ["aei.u"],
    length: 8,
    ends: false,
    answers: { a: ["ei.u", "length"] },
  },
];
const runs = cases.flatMap((one) => roads.map((road) => ({ ...one, road, title: `${one.name}: ${road[0].name}` })));

test.each(runs)("a trained model stops where its documents stop: $title", async ({ road, ...one }) => {
  const path = join(folder, "documents.jsonl");
  const lines = Array.from({ length: 64 }, (_, at) =>
    JSON.stringify({ text: one.documents[at % one.documents.length] }),
  );
  writeFileSync(path, lines.join("\n"));
  const dataset = await fileDataset({ path, validation: 0, test: 0, ends: one.ends });
  const tokenizer = createSharedPair(createCharacterTokenizer({ corpus: one.documents }));
  const [architecture, objective] = road;
  const config = { vocabulary: tokenizer.size, length: one.length, width: 32, layers: 1, heads: 2 };
  const model = createModel({ architecture, config, attention: fused() });
  const { special } = tokenizer;
  const examples = encodeExamples(dataset.train, tokenizer, { length: one.length });
  const batches = createBatchSource({ examples, special, objective, batchSize: 16, seed: 1 });
  const task = languageTask({ model, objective });
  const { parameters } = await consume(
    train({ task, batches, optimizer: adamW(), schedule: constant({ rate: 0.01 }), steps: 100, seed: 1 }),
  );
  const prompts = Object.keys(one.answers);
  const answers = await collectAnswers(
    generate({
      model,
      parameters,
      objective,
      special,
      examples: prompts.map((prompt) => ({ tokens: tokenizer.encodeTarget(prompt) })),
      decodeText: (ids) => tokenizer.decodeTarget(ids),
      maximumTokens: 4,
    }),
  );
  expect(answers.map(([answer]) => [answer?.text, answer?.reason])).toEqual(Object.values(one.answers));
  disposeTree(parameters);
});
