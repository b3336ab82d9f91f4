import { writeFile } from "node:fs/promises";
import { resolveDataset } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import { isTextPair } from "@trivium/features";
import { createWordCounter, trainBytePairs, trainUnigram } from "@trivium/text";
import type { Command } from "commander";
import { z } from "zod";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { readOwn } from "../read-settings.ts";
import { dataFlags } from "../recipe-flags.ts";
import { dataOfFlags, noData } from "../recipe-of-flags.ts";
import { addFlags } from "../setting-flags.ts";

const schema = z.strictObject({
  size: z.int().positive().default(8000).describe("Ids of the vocabulary, with 256 bytes and 5 special tokens"),
  kind: z.enum(["byte-pairs", "unigram"]).default("byte-pairs").describe("What is learned; both spell every text"),
  least: z.int().min(0).default(2).describe("Least count of two tokens that become one byte pair"),
  out: z.string().min(1).default("tokenizer.json").describe("File to write"),
});

export function tokenizerCommand(program: Command): void {
  const tokenizer = program.command("tokenizer").description("Vocabularies.");
  const train = tokenizer
    .command("train")
    .description("Learn a vocabulary from the training part of data; train --tokenizer FILE uses it.");
  defineCommand(addFlags(train, { ...dataFlags, ...schema.shape }), trainTokenizer);
}

async function trainTokenizer({ flags, output, registry: load }: CommandContext): Promise<void> {
  const { size, kind, least, out } = readOwn(schema, flags);
  const registry = await load();
  const named = dataOfFlags(flags, registry);
  if (named?.name === undefined) throw noData("which data?", registry);
  const dataset = await resolveDataset(named as { name: string }, registry);
  const counter = createWordCounter();
  let [texts, characters] = [0, 0];
  const progress = output.progress(`read ${dataset.name}`);
  for await (const example of dataset.stream?.examples("train") ?? dataset.train) {
    for (const text of isTextPair(example) ? [example.source, example.target] : [example.text]) {
      counter.add(text);
      characters += text.length;
    }
    texts += 1;
  }
  progress.stop();
  const counts = counter.counts();
  const definition = kind === "unigram" ? trainUnigram(counts, { size }) : trainBytePairs(counts, { size, least });
  const learned = Object.keys(definition.model.vocab).length;
  await writeFile(out, `${JSON.stringify(definition)}\n`).catch((cause: Error) => {
    throw new ConfigError("cli/out", `cannot write ${out}: ${cause.message}; name another file with --out`, { cause });
  });
  const found = { out, kind, size: learned, words: counts.size, texts, characters };
  output.result(found, () => {
    const few =
      learned < size
        ? `; the data has no more than that${kind === "unigram" ? "" : ` where two tokens stand together ${Math.max(1, least)} times`}`
        : "";
    return `${out}: ${learned.toLocaleString("en")} ids from ${counts.size.toLocaleString("en")} different words${few}`;
  });
}
