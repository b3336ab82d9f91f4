import type { AttentionGrain } from "@trivium/tensor";
import type { Output, SimdBackend } from "../../backend/simd-backend.ts";
import { reduceCodes } from "../../wasm/codes.ts";
import type { KernelInput } from "../accelerated-kernel.ts";
import { type AttentionProblem, writeProblem } from "./attention-problem.ts";
import { type AttributesOf, accelerateFamily, type InputsOf } from "./fused-family.ts";

/** Queries whose tiles the fast caches keep, and those of a tile, where the kernels multiply. */
const OWN = { blockQueries: 96, tileQueries: 6 };
/** As `OWN`, where a library does: it lays out the keys anew for each block. */
const LIBRARY = { blockQueries: 256, tileQueries: 16 };

/** Returns the sizes of the tiles of `assembly/attention` on a backend, which is asked for when a plan is made. */
export function attentionGrain(backend: () => Pick<SimdBackend, "gemm">): AttentionGrain {
  const sizes = () => (backend().gemm.hasTiles ? LIBRARY : OWN);
  return {
    get blockQueries() {
      return sizes().blockQueries;
    },
    get tileQueries() {
      return sizes().tileQueries;
    },
    tileKeys: 8,
  };
}

type Attributes = AttributesOf<"attention">;

/**
 * Least number of work units of the backward pass, where there are as many query blocks: enough for a processor's threads.
 * More would cost more, since the gradients of keys and values are written for each part, and summed.
 */
const PARTS_WANTED = 8;
/** Floating-point operations of a thread per nanosecond, roughly. */
const FLOPS = 50;

/** The layout of `[B, heads, L, D]` or `[B, L, heads·D]` in memory: its sizes, and steps in elements. */
interface Layout {
  readonly batches: number;
  readonly length: number;
  readonly width: number;
  readonly batch: number;
  readonly head: number;
  readonly row: number;
}

function layoutOf(shape: readonly number[], heads: number): Layout {
  if (shape.length === 4) {
    const [batches, , length, width] = shape as [number, number, number, number];
    return { batches, length, width, batch: heads * length * width, head: length * width, row: width };
  }
  const [batches, length, all] = shape as [number, number, number];
  return { batches, length, width: all / heads, batch: length * all, head: all / heads, row: all };
}

/** The part of a problem that forward and backward share; addresses of outputs are added to it. */
interface Shared {
  readonly problem: AttentionProblem;
  readonly query: Layout;
  readonly key: Layout;
}

const biasKinds: Readonly<Record<Attributes["bias"], number>> = { none: 0, dense: 1, distance: 2 };

function sharedOf(backend: SimdBackend, inputs: InputsOf<"attention">, attributes: Attributes): Shared {
  const { heads, groups, blockQueries, maskRows, maskHeads, scale } = attributes;
  const query = layoutOf(inputs.query.shape, heads);
  const key = layoutOf(inputs.key.shape, groups);
  const byLibrary = backend.gemm.isForTiles(Math.min(query.length, blockQueries), key.length, key.width);
  const problem: AttentionProblem = {
    query: inputs.query.data.address,
    key: inputs.key.data.address,
    value: inputs.value.data.address,
    plan: inputs.plan.data.address,
    heads,
    groups,
    queries: query.length,
    keys: key.length,
    width: query.width,
    blockQueries,
    queryBatch: 4 * query.batch,
    queryHead: 4 * query.head,
    queryRow: 4 * query.row,
    keyBatch: 4 * key.batch,
    keyHead: 4 * key.head,
    keyRow: 4 * key.row,
    maskBatch: maskRows > 1 ? maskHeads : 0,
    maskHead: maskHeads > 1 ? 1 : 0,
    scale,
    library: byLibrary ? (backend.gemm.hasExponentials ? 2 : 1) : 0,
    ...biasFields(inputs.bias, attributes),
    ...positionFields(inputs),
    ...dropoutFields(attributes),
  };
  return { query, key, problem };
}

function biasFields({ shape, data }: KernelInput, { bias: kind, leastDistance }: Attributes): AttentionProblem {
  if (kind === "none") return {};
  const common = { biasKind: biasKinds[kind], bias: data.address };
  if (kind === "distance") return { ...common, biasHead: 4 * shape[1]!, distances: shape[1]!, leastDistance };
  const [rows, heads, queries, keys] = shape as [number, number, number, number];
  const matrix = 4 * queries * keys;
  return { ...common, biasBatch: rows > 1 ? heads * matrix : 0, biasHead: heads > 1 ? matrix : 0 };
}

function positionFields({ queryPositions, keyPositions }: InputsOf<"attention">): AttentionProblem {
  const step = ({ shape: [rows = 0, length = 0] }: KernelInput): number => (rows > 1 ? 4 * length : 0);
  return {
    queryPositions: queryPositions.data.address,
    queryPositionsBatch: step(queryPositions),
    keyPositions: keyPositions.data.address,
    keyPositionsBatch: step(keyPositions),
  };
}

function dropoutFields({ rate, seed }: Attributes): AttentionProblem {
  if (rate === 0) return { dropoutScale: 1 };
  const dropoutThreshold = Math.floor(rate * 2 ** 32);
  return { dropping: 1, dropoutSeed: seed, dropoutThreshold, dropoutScale: 1 / (1 - rate) };
}

export const attentionKernels = accelerateFamily("attention", {
  attention(backend, inputs, attributes) {
    const { query, key, problem } = sharedOf(backend, inputs, attributes);
    const { heads, blockQueries } = attributes;
    const output = backend.allocate(inputs.query.shape, "float32");
    const logSumExp = backend.allocate([query.batches, heads, query.length], "float32");
    const blocks = Math.ceil(query.length / blockQueries);
    const scratchBytes = backend.wasm.attentionForwardScratchBytes(query.width, blockQueries, problem.library!);
    const nanoseconds = (4 * Math.min(query.length, blockQueries) * key.length * query.width) / FLOPS;
    const cost = { units: query.batches * heads * blocks, nanoseconds, scratchBytes };
    const results = { output: output.address, logSumExp: logSumExp.address };
    runProblem(backend, "attentionForward", cost, { ...problem, ...results });
    return [output, logSumExp];
  },
  attentionGradient(backend, inputs, attributes) {
    const shared = sharedOf(backend, inputs, attributes);
    const { query, key } = shared;
    const { heads, groups, blockQueries } = attributes;
    const units = query.batches * groups;
    const blocks = Math.ceil(query.length / blockQueries);
    // By shape alone: the order of the sums may not depend on the threads.
    const parts = Math.max(1, Math.min(blocks, Math.ceil(PARTS_WANTED / units)));
    const keyShape = inputs.key.shape;
    const dQuery = backend.allocate(inputs.query.shape, "float32");
    const [dKey, dValue] = [0, 1].map(() => backend.allocate(parts === 1 ? keyShape : [parts, ...keyShape], "float32"));
    const hasGradient = attributes.bias !== "none" && attributes.biasGradient;
    const biasShape = biasGradientShape(shared, attributes, inputs.bias.shape[1]!, parts);
    const dBias = hasGradient ? backend.allocate(biasShape, "float32") : undefined;
    const scratchBytes = backend.wasm.attentionBackwardScratchBytes(query.width, blockQueries, shared.problem.library!);
    const perGroup = (10 * query.length * key.length * query.width * heads) / groups;
    const cost = { units: units * parts, nanoseconds: perGroup / parts / FLOPS, scratchBytes };
    runProblem(backend, "attentionBackward", cost, {
      ...shared.problem,
      output: inputs.output.data.address,
      logSumExp: inputs.logSumExp.data.address,
      dOutput: inputs.dOutput.data.address,
      dQuery: dQuery.address,
      dKey: dKey!.address,
      dValue: dValue!.address,
      dBias: dBias?.address ?? 0,
      parts,
      partStep: 4 * key.batches * key.batch,
    });
    const sumOf = (one: Output) => (parts === 1 ? one : sumParts(backend, one, keyShape, parts));
    const gradients = [dQuery, sumOf(dKey!), sumOf(dValue!)] as const;
    return dBias ? [...gradients, dBias] : [...gradients];
  },
});

/** The shape of the bias's gradients: of every row and head if dense, of every row, part and head if by distance. */
function biasGradientShape({ query, key }: Shared, attributes: Attributes, distances: number, parts: number): number[] {
  const { bias, heads } = attributes;
  return bias === "dense" ? [query.batches, heads, query.length, key.length] : [query.batches, parts, heads, distances];
}

function sumParts(backend: SimdBackend, partial: Output, shape: number[], parts: number) {
  const sum = backend.allocate(shape, "float32");
  const size = shape.reduce((product, length) => product * length, 1);
  backend.run("reduce", size, reduceCodes.Sum, partial.address, sum.address, parts, size, parts);
  backend.disposeIntermediateTensorInfo(partial);
  return sum;
}

function runProblem(
  backend: SimdBackend,
  kernel: "attentionForward" | "attentionBackward",
  { units, ...cost }: { readonly units: number; readonly nanoseconds: number; readonly scratchBytes: number },
  problem: AttentionProblem,
): void {
  const written = writeProblem(backend, problem);
  backend.runWithScratch(kernel, units, { ...cost, granule: 1 }, written.address);
  backend.disposeIntermediateTensorInfo(written);
}
