import { type Absent, type Contender, isAbsent, type Work } from "../contender.ts";
import { exportedModel } from "./exported-model.ts";
import { findPackage } from "./find-package.ts";
import { startScript } from "./torch-process.ts";

const name = "onnxruntime-node";

export interface OnnxAnswersOptions {
  readonly source: number;
  readonly tokens: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  readonly threads: readonly number[];
}

/** ONNX Runtime's answers, of weights in float32 and in 8 bits, by an encoder and a decoder that PyTorch exports; or why not. */
export async function onnxAnswers(work: Work, options: OnnxAnswersOptions): Promise<(Contender | Absent)[]> {
  const found = findPackage(name, "290 MB");
  if (isAbsent(found)) return [found];
  const { source, tokens, layers, width, heads, feedForward, vocabulary } = options;
  const sizes = { layers, width, heads, feedForward, vocabulary, style: "t5" };
  const folder = await exportedModel("onnx_export_answers.py", sizes);
  if (isAbsent(folder)) return [folder];
  const threads = Math.max(...options.threads);
  const contenders: Contender[] = [];
  for (const precision of ["f32", "q8"] as const) {
    const given = { folder: folder.path, package: found.entry, precision, source, tokens, layers, threads };
    const { run, close } = await startScript(process.execPath, "onnx_answers.mjs", given);
    contenders.push({
      name: "onnxruntime",
      precision,
      threads,
      version: `${name} ${found.version}`,
      work,
      close,
      run: async (times) => Number((await run(times)).seconds),
    });
  }
  return contenders;
}
