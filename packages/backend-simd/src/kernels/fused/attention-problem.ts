import type { Output, SimdBackend } from "../../backend/simd-backend.ts";
import type { NumericValues } from "../../backend/tensor-data.ts";
import { problemFields } from "../../generated/problem-fields.ts";

type ProblemField = keyof typeof problemFields;

const fields = Object.entries(problemFields) as [ProblemField, string][];

/** The numbers of one call of attention, fields of `Problem` in `assembly/attention/problem.ts`; one left out is 0. */
export type AttentionProblem = { readonly [Name in ProblemField]?: number };

/** The words of a problem. An address above 2³¹ wraps, and is read back as unsigned. */
export function wordsOf(problem: AttentionProblem): Int32Array {
  const words = new Int32Array(fields.length);
  const floats = new Float32Array(words.buffer);
  fields.forEach(([field, type], index) => {
    (type === "f32" ? floats : words)[index] = problem[field] ?? 0;
  });
  return words;
}

/** Writes a problem into the shared memory, for kernels to read; the caller disposes it. */
export function writeProblem(backend: SimdBackend, problem: AttentionProblem): Output {
  const written = backend.allocate([fields.length], "int32");
  (backend.data.get(written.dataId).values as NumericValues).set(wordsOf(problem));
  return written;
}
