import { assertTargets } from "@trivium/tensor";
import type { SimdBackend } from "../../backend/simd-backend.ts";
import type { NumericValues } from "../../backend/tensor-data.ts";
import { type GemmRequest, oneProduct } from "../../gemm/gemm-request.ts";
import { panelsOf, sumRows } from "../column-sums.ts";
import { type AttributesOf, accelerateFamily, type InputsOf } from "./fused-family.ts";

/** Logits that exist at once, unless the rows are so many that fewer columns than `LEAST_CHUNK` would be left of them. */
const CHUNK_ELEMENTS = 2 ** 21;
/** Columns below which a chunk's products would be slow. */
export const LEAST_CHUNK = 256;
/** A cache line of logits. */
const LINE = 16;

/** Columns of the vocabulary that are taken at once, by the shape alone. */
function chunkOf(rows: number, vocabulary: number): number {
  const wanted = Math.floor(CHUNK_ELEMENTS / Math.max(1, rows) / LINE) * LINE;
  return Math.min(vocabulary, Math.max(LEAST_CHUNK, wanted));
}

type Problem = NonNullable<ReturnType<typeof problemOf>>;

/**
 * Returns the sizes of the problem, the addresses of its inputs, and its numbers.
 *
 * @throws {ShapeError} `softmax-cross-entropy/target`
 */
function problemOf(
  { states, head, bias, targets, weights }: InputsOf<"linearCrossEntropy">,
  attributes: AttributesOf<"linearCrossEntropy">,
) {
  const [rows, width] = states.shape as [number, number];
  if (targets.data.length !== rows || weights.data.length !== rows) return undefined;
  const vocabulary = head.shape[attributes.transposeHead ? 0 : 1]!;
  assertTargets(targets.data.values as NumericValues, weights.data.values as NumericValues, vocabulary);
  return {
    ...attributes,
    rows,
    width,
    vocabulary,
    states: states.data.address,
    head: head.data.address,
    /** 0 if there is none. */
    bias: bias.data.length > 0 ? bias.data.address : 0,
    targets: targets.data.address,
    weights: weights.data.address,
  };
}

/** A part of the vocabulary. */
interface Chunk {
  readonly first: number;
  readonly columns: number;
  /** Address of its logits, `[rows, columns]`. */
  readonly logits: number;
}

/** The head's columns of a chunk as B of `[…, width]·B`; `ldb` steps over the whole vocabulary where they lie apart. */
const headOf = (problem: Problem, first: number) =>
  problem.transposeHead
    ? { b: problem.head + 4 * first * problem.width, ldb: problem.width }
    : { b: problem.head + 4 * first, ldb: problem.vocabulary };

/** Calls with the logits of each chunk, which may be overwritten. */
function eachChunk(backend: SimdBackend, problem: Problem, take: (chunk: Chunk) => void): void {
  const { rows, width, vocabulary, states, transposeHead, bias } = problem;
  const most = chunkOf(rows, vocabulary);
  const scratch = backend.allocate([rows, most], "float32");
  for (let first = 0; first < vocabulary; first += most) {
    const columns = Math.min(most, vocabulary - first);
    const sizes = { m: rows, n: columns, k: width, lda: width, ldc: columns };
    const places = { ...headOf(problem, first), a: states, c: scratch.address, bias: bias && bias + 4 * first };
    backend.multiply({ ...oneProduct, ...sizes, ...places, transposeB: transposeHead });
    take({ first, columns, logits: scratch.address });
  }
  backend.disposeIntermediateTensorInfo(scratch);
}

/** `dStates (+)= dLogits · headᵀ` of a chunk. */
function statesProduct(problem: Problem, { first, columns, logits }: Chunk, dStates: number): GemmRequest {
  const { rows, width, transposeHead } = problem;
  const sizes = { m: rows, n: width, k: columns, lda: columns, ldc: width };
  const places = { ...headOf(problem, first), a: logits, c: dStates };
  return { ...oneProduct, ...sizes, ...places, transposeB: !transposeHead, accumulate: first > 0 };
}

/** The chunk's rows of `dLogitsᵀ · states`, or its columns of `statesᵀ · dLogits`. */
function headProduct(problem: Problem, { first, columns, logits }: Chunk, dHead: number): GemmRequest {
  const { rows, width, vocabulary, states, transposeHead } = problem;
  const [m, n] = transposeHead ? [columns, width] : [width, columns];
  const [a, b] = transposeHead ? [logits, states] : [states, logits];
  const c = dHead + 4 * first * (transposeHead ? width : 1);
  const sizes = { m, n, k: rows, lda: m, ldb: n, ldc: transposeHead ? width : vocabulary };
  return { ...oneProduct, ...sizes, a, b, c, transposeA: true };
}

/** Writes the chunk's part of the bias's gradient: the column sums of `dLogits`. */
function sumColumns(backend: SimdBackend, { first, columns, logits }: Chunk, rows: number, dBias: number): void {
  const { count, height } = panelsOf(rows);
  const sums = backend.allocate([count, columns], "float32");
  backend.run("columnSums", count, logits, 0, 0, sums.address, rows, columns, height);
  sumRows(backend, { x: sums.address, rows: count, columns, to: dBias + 4 * first });
  backend.disposeIntermediateTensorInfo(sums);
}

/**
 * Cross-entropy of logits that never exist at once: each chunk of the vocabulary is multiplied out into the same scratch
 * memory, forward and again backward.
 */
export const linearCrossEntropyKernels = accelerateFamily("linear-cross-entropy", {
  linearCrossEntropy(backend, inputs, attributes) {
    const problem = problemOf(inputs, attributes);
    if (!problem) return undefined;
    const { rows, vocabulary, targets, weights, labelSmoothing, zLoss } = problem;
    const losses = backend.allocate([rows], "float32");
    const logSumExp = backend.allocate([rows], "float32");
    const statistics = backend.allocate([rows, 4], "float32");
    const known = statistics.address;
    eachChunk(backend, problem, ({ first, columns, logits }) => {
      backend.run("crossEntropyChunk", rows, logits, targets, weights, known, first, columns, labelSmoothing);
    });
    const options = [vocabulary, labelSmoothing, zLoss] as const;
    backend.run("crossEntropyOfChunks", rows, known, weights, losses.address, logSumExp.address, ...options);
    backend.disposeIntermediateTensorInfo(statistics);
    return [losses, logSumExp];
  },
  linearCrossEntropyGradient(backend, inputs, attributes) {
    const problem = problemOf(inputs, attributes);
    const [dLosses, logSumExp] = [inputs.dLosses.data, inputs.logSumExp.data];
    if (dLosses.length !== problem?.rows || logSumExp.length !== problem.rows) return undefined;
    const { rows, vocabulary, targets, weights, labelSmoothing, zLoss } = problem;
    const dStates = backend.allocate(inputs.states.shape, "float32");
    const dHead = backend.allocate(inputs.head.shape, "float32");
    const dBias = backend.allocate(inputs.bias.shape, "float32");
    const [d, l] = [dLosses.address, logSumExp.address];
    eachChunk(backend, problem, (chunk) => {
      const { first, columns, logits } = chunk;
      const options = [logits, first, columns, vocabulary, labelSmoothing, zLoss] as const;
      backend.run("softmaxCrossEntropyGradient", rows, d, logits, targets, weights, l, ...options);
      backend.multiply(statesProduct(problem, chunk, dStates.address));
      backend.multiply(headProduct(problem, chunk, dHead.address));
      if (problem.bias) sumColumns(backend, chunk, rows, dBias.address);
    });
    return [dStates, dHead, dBias];
  },
});
