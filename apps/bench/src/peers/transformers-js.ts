import { type Absent, type Contender, isAbsent, type Work } from "../contender.ts";
import { firstOutputs } from "../contenders/first-output.ts";
import { ownFile } from "../provenance.ts";
import { exportedModel, exportInto } from "./exported-model.ts";
import { findPackage } from "./find-package.ts";
import { startScript } from "./torch-process.ts";

const name = "@huggingface/transformers";

/** The formats that the peer holds weights in, and its names for them. */
const formats = [
  { precision: "f32", dtype: "fp32" },
  { precision: "q8", dtype: "q8" },
] as const;

/** A model's sizes, and the tokens that a peer decodes with it. */
export interface TransformersJsOptions {
  readonly sizes: Readonly<Record<string, string | number>>;
  readonly work: (precision: "f32" | "q8") => Work;
  readonly threads: number;
  readonly settings: { readonly keys: number; readonly tokens: number };
}

/** ONNX Runtime by @huggingface/transformers, on a model that PyTorch exports once, of float32 and of 8 bits; or why not. */
export async function transformersJsContenders(options: TransformersJsOptions): Promise<(Contender | Absent)[]> {
  const found = findPackage(name, "370 MB");
  if (isAbsent(found)) return [found];
  const folder = await exportedModel("onnx_export.py", options.sizes);
  if (isAbsent(folder)) return [folder];
  const { work, threads, settings } = options;
  const contenders: Contender[] = [];
  for (const { precision, dtype } of formats) {
    const given = { ...settings, folder: folder.path, dtype, threads, package: found.entry };
    const { run, close } = await startScript(process.execPath, "transformers_decoding.mjs", given);
    contenders.push({
      name: "onnxruntime",
      precision,
      threads,
      version: `${name} ${found.version}`,
      work: work(precision),
      run: async (times) => Number((await run(times)).seconds),
      close,
    });
  }
  return contenders;
}

/** A model in a folder of Hugging Face's, and a prompt. */
export interface StartOptions {
  readonly folder: string;
  readonly prompt: string;
  readonly work: Work;
}

/** Processes in which @huggingface/transformers opens the model, which PyTorch exports into the folder; or why not. */
export async function transformersJsStarts({ folder, prompt, work }: StartOptions): Promise<(Contender | Absent)[]> {
  const found = findPackage(name, "370 MB");
  if (isAbsent(found)) return [found];
  const exported = await exportInto("onnx_export.py", { weights: folder, folder });
  if (isAbsent(exported)) return [exported];
  return formats.map(({ precision, dtype }) => {
    const given = { folder, prompt, dtype, package: found.entry };
    const words = [ownFile("peers/transformers_first_token.mjs"), JSON.stringify(given)];
    const version = `${name} ${found.version}`;
    return {
      name: "transformers.js",
      precision,
      version,
      work,
      run: (times) => firstOutputs(words, times),
      close() {},
    };
  });
}
