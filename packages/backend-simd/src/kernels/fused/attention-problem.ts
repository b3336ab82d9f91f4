import type { Output, SimdBackend } from "../../backend/simd-backend.ts";
import type { NumericValues } from "../../backend/tensor-data.ts";
import { problemFields } from "../../generated/problem-fields.ts";

type ProblemField = keyof typeof problemFields;

const fields = Object.entries(problemFields) as [ProblemField, string][];

/** The numbers of one call of attention, fields of `Problem` in `assembly/attention/problem.ts`; one left out is 0. */
export type AttentionProblem = { readonly [Name in ProblemField]?: number };

/** Writes a problem into the shared memory, for kernels to read; the caller disposes it. */
export function writeProblem(backend: SimdBackend, problem: AttentionProblem): Output {
  const written = backend.allocate([fields.length], "int32");
  const words = backend.data.get(written.dataId).values as NumericValues;
  const asFloat = new Float32Array(1);
  const bits = new Int32Array(asFloat.buffer);
  fields.forEach(([field, type], index) => {
    const value = problem[field] ?? 0;
    asFloat[0] = value;
    // An address above 2³¹ wraps, and is read back as unsigned.
    words[index] = type === "f32" ? bits[0]! : value;
  });
  return written;
}
