import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type Absent, type Contender, isAbsent, timed } from "../contender.ts";
import { type GemmWork, randomValues } from "../gemm-work.ts";
import { findPackage } from "./find-package.ts";
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

/** ONNX Runtime's own `Gemm`. */
export async function onnxContender(work: GemmWork, threads: number): Promise<Contender | Absent> {
  const found = findPackage(name, "290 MB");
  if (isAbsent(found)) return found;
  const runtime = createRequire(import.meta.url)(fileURLToPath(found.entry)) as OnnxRuntime;
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
