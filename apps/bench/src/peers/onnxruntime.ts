import { createRequire } from "node:module";
import { join } from "node:path";
import { type Absent, type Contender, timed } from "../contender.ts";
import { type GemmWork, randomValues } from "../gemm-work.ts";
import { onnxProduct } from "./onnx-product.ts";

/** The used part of `onnxruntime-node`, whose 290 MB nobody should have to install for its types. */
interface OnnxRuntime {
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => object;
  readonly InferenceSession: {
    create(model: Uint8Array, options: { intraOpNumThreads: number }): Promise<OnnxSession>;
  };
  readonly env: { readonly versions?: { readonly common?: string } };
}

interface OnnxSession {
  run(inputs: Readonly<Record<string, object>>): Promise<Readonly<Record<string, { dispose(): void }>>>;
  release(): Promise<void>;
}

const name = "onnxruntime-node";

/** ONNX Runtime, from the folder that the command runs in or from where this package is installed. */
function loadOnnxRuntime(): OnnxRuntime | Absent {
  for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
    try {
      return createRequire(from)(name) as OnnxRuntime;
    } catch {
      // The other place may have it.
    }
  }
  return { name, reason: `the package ${name} is not installed`, remedy: `npm install ${name} (290 MB)` };
}

/** ONNX Runtime's own `Gemm`. */
export async function onnxContender(work: GemmWork, threads: number): Promise<Contender | Absent> {
  const runtime = loadOnnxRuntime();
  if ("remedy" in runtime) return runtime;
  const session = await runtime.InferenceSession.create(onnxProduct(work), { intraOpNumThreads: threads });
  const tensor = (shape: [number, number]) => new runtime.Tensor("float32", randomValues(...shape), shape);
  const inputs = { A: tensor(work.shapes.a), B: tensor(work.shapes.b) };
  return {
    name,
    precision: "f32",
    threads,
    version: runtime.env.versions?.common,
    work,
    run: (times) =>
      timed(async () => {
        for (let time = 0; time < times; time++) (await session.run(inputs)).C?.dispose();
      }),
    close: () => session.release(),
  };
}
