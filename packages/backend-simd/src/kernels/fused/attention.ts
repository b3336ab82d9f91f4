import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { AttentionAttributes } from "@trivium/tensor";
import type { SimdBackend } from "../../backend/simd-backend.ts";
import type { TensorData } from "../../backend/tensor-data.ts";
import { reduceCodes } from "../../native/codes.ts";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";
import { type AttentionProblem, writeProblem } from "./attention-problem.ts";

/**
 * Backward has this many work units or more where there are as many query blocks: enough for a processor's threads. More
 * cost more: the gradients of keys and values are written for each part, and summed.
 */
const PARTS_WANTED = 8;
/** Floating-point operations of a thread per nanosecond, about. */
const FLOPS = 50;

/** How `[B, heads, L, D]` or `[B, L, heads·D]` lies in memory: its sizes, and steps in elements. */
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

/** What forward and backward share; addresses of outputs are added to it. */
interface Shared {
  readonly problem: AttentionProblem;
  readonly query: Layout;
  readonly key: Layout;
}

const biasKinds: Readonly<Record<AttentionAttributes["bias"], number>> = { none: 0, dense: 1, distance: 2 };

function sharedOf(
  backend: SimdBackend,
  inputs: NamedTensorInfoMap,
  attributes: AttentionAttributes,
): Shared | undefined {
  const [query, key] = [inputs.query as TensorInfo, inputs.key as TensorInfo];
  const float = (name: string): TensorData | undefined => backend.floats(inputs[name] as TensorInfo);
  const integer = (name: string): TensorData | undefined => backend.numbers(inputs[name] as TensorInfo, "int32");
  const data = [float("query"), float("key"), float("value"), float("bias")];
  const integers = [integer("plan"), integer("queryPositions"), integer("keyPositions")];
  if (data.includes(undefined) || integers.includes(undefined)) return undefined;
  const [q, k, v, bias] = data as TensorData[];
  const [plan, queryPositions, keyPositions] = integers as TensorData[];
  const { heads, groups } = attributes;
  const [ofQuery, ofKey] = [layoutOf(query.shape, heads), layoutOf(key.shape, groups)];
  return {
    query: ofQuery,
    key: ofKey,
    problem: {
      ...{ query: q!.address, key: k!.address, value: v!.address, plan: plan!.address, heads, groups },
      ...{ queries: ofQuery.length, keys: ofKey.length, width: ofQuery.width, blockQueries: attributes.blockQueries },
      ...{ queryBatch: 4 * ofQuery.batch, queryHead: 4 * ofQuery.head, queryRow: 4 * ofQuery.row },
      ...{ keyBatch: 4 * ofKey.batch, keyHead: 4 * ofKey.head, keyRow: 4 * ofKey.row },
      maskBatch: attributes.maskRows > 1 ? attributes.maskHeads : 0,
      maskHead: attributes.maskHeads > 1 ? 1 : 0,
      scale: attributes.scale,
      native: backend.gemm.isForTiles(Math.min(ofQuery.length, attributes.blockQueries), ofKey.length, ofKey.width)
        ? 1
        : 0,
      ...biasFields(attributes, inputs.bias as TensorInfo, bias!),
      ...positionFields("query", inputs.queryPositions as TensorInfo, queryPositions!),
      ...positionFields("key", inputs.keyPositions as TensorInfo, keyPositions!),
      ...dropoutFields(attributes),
    },
  };
}

function biasFields({ bias: kind, leastDistance }: AttentionAttributes, { shape }: TensorInfo, bias: TensorData) {
  if (kind === "none") return {};
  const common = { biasKind: biasKinds[kind], bias: bias.address };
  if (kind === "distance") return { ...common, biasHead: 4 * shape[1]!, distances: shape[1]!, leastDistance };
  const [rows, heads, queries, keys] = shape as [number, number, number, number];
  const matrix = 4 * queries * keys;
  return { ...common, biasBatch: rows > 1 ? heads * matrix : 0, biasHead: heads > 1 ? matrix : 0 };
}

function positionFields(of: "query" | "key", { shape }: TensorInfo, { address }: TensorData): AttentionProblem {
  const [rows = 0, length = 0] = shape;
  return { [`${of}Positions`]: address, [`${of}PositionsBatch`]: rows > 1 ? 4 * length : 0 };
}

function dropoutFields({ rate, seed }: AttentionAttributes): AttentionProblem {
  if (rate === 0) return { dropoutScale: 1 };
  const dropoutThreshold = Math.floor(rate * 2 ** 32);
  return { dropping: 1, dropoutSeed: seed, dropoutThreshold, dropoutScale: 1 / (1 - rate) };
}

const attentionOf = (attributes: NamedAttrMap) => attributes as unknown as AttentionAttributes;

const attention: AcceleratedKernel = {
  kernelName: "TriviumAttention",
  run(backend, inputs, attributes) {
    const options = attentionOf(attributes);
    const shared = sharedOf(backend, inputs, options);
    if (!shared) return undefined;
    const { query, key } = shared;
    const output = backend.allocate((inputs.query as TensorInfo).shape, "float32");
    const logSumExp = backend.allocate([query.batches, options.heads, query.length], "float32");
    const problem = { ...shared.problem, output: output.address, logSumExp: logSumExp.address };
    const blocks = Math.ceil(query.length / options.blockQueries);
    const scratchBytes = backend.native.attentionForwardScratchBytes(query.width, options.blockQueries);
    const nanoseconds = (4 * Math.min(query.length, options.blockQueries) * key.length * query.width) / FLOPS;
    const work = { nanoseconds, granule: 1, scratchBytes };
    runProblem(backend, "attentionForward", query.batches * options.heads * blocks, work, problem);
    return [output, logSumExp];
  },
};

const attentionGradient: AcceleratedKernel = {
  kernelName: "TriviumAttentionGradient",
  run(backend, inputs, attributes) {
    const options = attentionOf(attributes);
    const shared = sharedOf(backend, inputs, options);
    const saved = [inputs.output, inputs.logSumExp, inputs.dOutput].map((one) => backend.floats(one as TensorInfo));
    if (!shared || saved.includes(undefined)) return undefined;
    const [output, logSumExp, dOutput] = saved.map((data) => data!.address);
    const { query, key } = shared;
    const units = query.batches * options.groups;
    const blocks = Math.ceil(query.length / options.blockQueries);
    // By shape alone: the order of the sums may not depend on the threads.
    const parts = Math.max(1, Math.min(blocks, Math.ceil(PARTS_WANTED / units)));
    const keyShape = (inputs.key as TensorInfo).shape;
    const dQuery = backend.allocate((inputs.query as TensorInfo).shape, "float32");
    const [dKey, dValue] = [0, 1].map(() => backend.allocate(parts === 1 ? keyShape : [parts, ...keyShape], "float32"));
    const dBias = biasGradient(backend, shared, options, (inputs.bias as TensorInfo).shape, parts);
    const problem = {
      ...{ ...shared.problem, output: output!, logSumExp: logSumExp!, dOutput: dOutput!, parts },
      ...{ dQuery: dQuery.address, dKey: dKey!.address, dValue: dValue!.address, dBias: dBias?.address ?? 0 },
      partStep: 4 * key.batches * key.batch,
    };
    const scratchBytes = backend.native.attentionBackwardScratchBytes(query.width, options.blockQueries);
    const perGroup = (10 * query.length * key.length * query.width * options.heads) / options.groups;
    const work = { nanoseconds: perGroup / parts / FLOPS, granule: 1, scratchBytes };
    runProblem(backend, "attentionBackward", units * parts, work, problem);
    const sums = [dKey!, dValue!].map((one) => (parts === 1 ? one : sumParts(backend, one, keyShape, parts)));
    return [dQuery, ...sums, ...(dBias ? [dBias] : [])];
  },
};

/** Where the bias's gradients go: of every row and head if dense, of every row, part and head if by distance. */
function biasGradient(
  backend: SimdBackend,
  { query, key }: Shared,
  { bias, biasGradient: wanted, heads }: AttentionAttributes,
  shape: readonly number[],
  parts: number,
) {
  if (bias === "none" || !wanted) return undefined;
  const dense = bias === "dense";
  return backend.allocate(
    dense ? [query.batches, heads, query.length, key.length] : [query.batches, parts, heads, shape[1]!],
    "float32",
  );
}

function sumParts(backend: SimdBackend, partial: TensorInfo & { address: number }, shape: number[], parts: number) {
  const sum = backend.allocate(shape, "float32");
  const size = shape.reduce((product, length) => product * length, 1);
  backend.run("reduce", size, reduceCodes.sum, partial.address, sum.address, parts, size);
  backend.disposeIntermediateTensorInfo(partial);
  return sum;
}

function runProblem(
  backend: SimdBackend,
  kernel: "attentionForward" | "attentionBackward",
  units: number,
  work: { readonly nanoseconds: number; readonly granule: number; readonly scratchBytes: number },
  problem: AttentionProblem,
): void {
  const written = writeProblem(backend, problem);
  backend.runWithScratch(kernel, units, work, written.address);
  backend.disposeIntermediateTensorInfo(written);
}

export const attentionKernels: readonly AcceleratedKernel[] = [attention, attentionGradient];
