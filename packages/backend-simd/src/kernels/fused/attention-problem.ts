import type { Output, SimdBackend } from "../../backend/simd-backend.ts";
import type { NumericValues } from "../../backend/tensor-data.ts";

/** The fields of `Problem` in `assembly/attention/problem.ts`, in order: addresses and steps in bytes, sizes in elements. */
const fields = [
  ...["query", "key", "value", "output", "logSumExp", "plan"],
  ...["heads", "groups", "queries", "keys", "width", "blockQueries"],
  ...["queryBatch", "queryHead", "queryRow", "keyBatch", "keyHead", "keyRow"],
  ...["maskBatch", "maskHead", "scale"],
  ...["biasKind", "bias", "biasBatch", "biasHead"],
  ...["queryPositions", "queryPositionsBatch", "keyPositions", "keyPositionsBatch", "leastDistance", "distances"],
  ...["dropping", "dropoutSeed", "dropoutThreshold", "dropoutScale"],
  ...["dOutput", "dQuery", "dKey", "dValue", "dBias", "parts", "partStep", "native"],
] as const;

type Field = (typeof fields)[number];

/** The numbers of one call of attention; what is left out is 0. */
export type AttentionProblem = { readonly [Name in Field]?: number };

const floats: readonly Field[] = ["scale", "dropoutScale"];

/** Writes a problem into the shared memory, for kernels to read; the caller disposes it. */
export function writeProblem(backend: SimdBackend, problem: AttentionProblem): Output {
  const written = backend.allocate([fields.length], "int32");
  const words = backend.data.get(written.dataId).values as NumericValues;
  const asFloat = new Float32Array(1);
  const bits = new Int32Array(asFloat.buffer);
  fields.forEach((field, index) => {
    const value = problem[field] ?? 0;
    asFloat[0] = value;
    // An address above 2³¹ wraps, and is read back as unsigned.
    words[index] = floats.includes(field) ? bits[0]! : value;
  });
  return written;
}
