import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFiles } from "@trivium/checkpoint/node";
import type { LanguageModel } from "@trivium/model";
import { exportGguf, pretrainedPlugins } from "@trivium/pretrained";
import { flattenTree, type ParameterTree } from "@trivium/tensor";
import { createByteTokenizer, createSharedPair } from "@trivium/text";
import { type Absent, type Contender, isAbsent, type Work } from "../contender.ts";
import { findPackage } from "./find-package.ts";
import { startScript } from "./torch-process.ts";

const name = "node-llama-cpp";

/** A model, and the tokens that a peer decodes with it. */
export interface LlamaOptions {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
  readonly work: Work;
  readonly threads: number;
  readonly settings: { readonly keys: number; readonly tokens: number; readonly length: number };
}

/** llama.cpp on the model as a file of Q8_0 that our own export writes; or why not. */
export async function llamaContender(options: LlamaOptions): Promise<Contender | Absent> {
  const found = findPackage(name, "730 MB");
  if (isAbsent(found)) return found;
  const { model, parameters, work, threads, settings } = options;
  const arrays = Object.entries(flattenTree(parameters)).map(([path, leaf]) => {
    return [path, { dtype: "F32", shape: leaf.shape, data: leaf.dataSync() as Float32Array }] as const;
  });
  const tokenizer = createSharedPair(createByteTokenizer());
  const families = pretrainedPlugins.map(({ create }) => create);
  const exported = { model, arrays: Object.fromEntries(arrays), tokenizer, families, type: "Q8_0" } as const;
  const folder = await mkdtemp(join(tmpdir(), "trivium-bench-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const { files } = exportGguf(exported);
    await writeFiles(folder, files);
    const file = join(folder, files[0]?.name ?? "");
    const given = { ...settings, file, package: found.entry, threads };
    const started = await startScript(process.execPath, "llama_decoding.mjs", given);
    return {
      name: "llama.cpp",
      precision: "q8",
      threads,
      version: `${name} ${found.version}`,
      work,
      run: async (times) => Number((await started.run(times)).seconds),
      async close() {
        await started.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
