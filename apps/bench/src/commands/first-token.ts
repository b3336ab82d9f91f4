import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@trivium/core";
import { weightFormats } from "@trivium/tensor";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import type { Absent, Contender, Work } from "../contender.ts";
import { createEngines } from "../contenders/engines.ts";
import { firstOutputs } from "../contenders/first-output.ts";
import { writeFirstTokenModel } from "../first-token-model.ts";
import { findingsOf } from "../measure.ts";
import { count, listOf, measuringOptions, peersOption } from "../options.ts";
import { transformersJsStarts } from "../peers/transformers-js.ts";

const schema = z.strictObject({
  layers: count.default(9).describe("Layers"),
  width: count.default(384).describe("Width"),
  heads: count.default(6).describe("Heads"),
  vocabulary: count.default(8192).describe("Ids of byte pairs, which are learned from made-up words"),
  tokenizer: z.string().optional().describe("A tokenizer.json, in the place of a learned one"),
  prompt: z.string().default("the first words of a text").describe("The text that goes on"),
  weights: listOf(weightFormats)
    .prefault("f32")
    .describe(`How weights are held, with commas: ${weightFormats.join(", ")}`),
  program: z.string().optional().describe("The script that generates. Default: the one that runs"),
  peers: peersOption(["transformers-js"]),
  ...measuringOptions,
});

/** The time from the start of a process to the first token of an answer; by default of a model of 20 million weights. */
export const firstToken = defineBenchmark({
  name: "first-token",
  description: "From the start of a process to its first output: a folder is opened, and a prompt goes on.",
  schema,
  remarks: () => ["seconds: from before the process was started until its first byte on standard output."],
  async run(options, note) {
    const { prompt, weights, peers, program = process.argv[1] } = options;
    if (program === undefined)
      throw new ConfigError("bench/options", "bench first-token: which script generates? Name it with --program");
    const folder = await mkdtemp(join(tmpdir(), "trivium-bench-first-"));
    try {
      const [engine] = await createEngines({ precision: ["f32"], threads: [1], gemm: undefined });
      await engine?.use();
      const parameters = await writeFirstTokenModel(folder, options);
      const work: Work = { label: "first token of a process", parameters };
      const contenders: (Contender | Absent)[] = weights.map((format) => {
        const words = [...process.execArgv, program, "generate", folder, prompt, "--weights", format, "--tokens", "2"];
        return starting("trivium", format, { work, words });
      });
      if (peers.includes("transformers-js")) contenders.push(...(await transformersJsStarts({ folder, prompt, work })));
      return await findingsOf(contenders, { options, note });
    } finally {
      await rm(folder, { recursive: true });
    }
  },
});

const starting = (
  name: string,
  precision: Contender["precision"],
  { work, words }: { readonly work: Work; readonly words: readonly string[] },
): Contender => ({ name, precision, work, run: (times) => firstOutputs(words, times), close() {} });
