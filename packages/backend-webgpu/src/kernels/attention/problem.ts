import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { NumberType } from "../../device/compute-program.ts";
import type { Recorder } from "../../device/recorder.ts";
import { dropoutNumbers } from "../dropout.ts";
import { type AttributesOf, type InputsOf, sizeOf } from "../fused-family.ts";

/** The numbers of one attention, which all its programs read. Steps and places are in elements. */
export const attentionNumbers = {
  heads: "u32",
  kv_heads: "u32",
  queries: "u32",
  keys: "u32",
  block_queries: "u32",
  blocks: "u32",
  query_batch: "u32",
  query_head: "u32",
  query_row: "u32",
  key_batch: "u32",
  key_head: "u32",
  key_row: "u32",
  // Matrices of the plan from one batch row, or head, to the next; 0 where they share one.
  mask_batch: "u32",
  mask_head: "u32",
  scale: "f32",
  // 0 is none, 1 dense, 2 by distance.
  bias_kind: "u32",
  bias_batch: "u32",
  bias_head: "u32",
  distances: "u32",
  least_distance: "i32",
  // Places in the words, after the plan.
  query_positions: "u32",
  query_positions_batch: "u32",
  key_positions: "u32",
  key_positions_batch: "u32",
  dropping: "u32",
  seed: "i32",
  threshold: "u32",
  kept_scale: "f32",
} as const satisfies Readonly<Record<string, NumberType>>;

type Numbers = Record<keyof typeof attentionNumbers, number>;

/** One attention, ready for its programs. */
export interface AttentionProblem {
  readonly batches: number;
  /** D. */
  readonly width: number;
  readonly numbers: Numbers;
  /** The words of the plan, and after them the positions of queries and keys. */
  readonly words: TensorInfo;
  /** Gives up what the problem made. */
  release(): void;
}

/** The layout of `[B, heads, L, D]` or `[B, L, heads·D]`. */
function layoutOf(shape: readonly number[], heads: number) {
  if (shape.length === 4) {
    const [batches, , length, width] = shape as [number, number, number, number];
    return { batches, length, width, batch: heads * length * width, head: length * width, row: width };
  }
  const [batches, length, all] = shape as [number, number, number];
  return { batches, length, width: all / heads, batch: length * all, head: all / heads, row: all };
}

const biasKinds = { none: 0, dense: 1, distance: 2 };

function biasNumbers({ shape }: TensorInfo, { bias: kind, leastDistance }: AttributesOf<"attention">) {
  const common = { bias_kind: biasKinds[kind], least_distance: leastDistance };
  if (kind === "none") return { ...common, bias_batch: 0, bias_head: 0, distances: 0 };
  if (kind === "distance") return { ...common, bias_batch: 0, bias_head: shape[1]!, distances: shape[1]! };
  const [rows, heads, queries, keys] = shape as [number, number, number, number];
  const matrix = queries * keys;
  return { ...common, bias_batch: rows > 1 ? heads * matrix : 0, bias_head: heads > 1 ? matrix : 0, distances: 0 };
}

/** Puts positions behind the plan, since a program has eight buffers at most. */
function joinWords(recorder: Recorder, { plan, queryPositions, keyPositions }: InputsOf<"attention">) {
  const [planWords, queryWords, keyWords] = [plan, queryPositions, keyPositions].map(({ shape }) => sizeOf(shape));
  const stepOf = ({ shape: [rows = 0, length = 0] }: TensorInfo): number => (rows > 1 ? length : 0);
  const numbers = {
    query_positions: planWords!,
    query_positions_batch: stepOf(queryPositions),
    key_positions: planWords! + queryWords!,
    key_positions_batch: stepOf(keyPositions),
  };
  if (queryWords === 0) return { words: plan, numbers, release: () => {} };
  const words = recorder.allocate([planWords! + queryWords! + keyWords!], "int32");
  recorder.copy({ from: plan, to: words, count: planWords! });
  recorder.copy({ from: queryPositions, to: words, toElement: planWords!, count: queryWords! });
  recorder.copy({ from: keyPositions, to: words, toElement: planWords! + queryWords!, count: keyWords! });
  return { words, numbers, release: () => recorder.release(words) };
}

/** Prepares an attention: the layouts of its tensors, its mask, its bias and its dropout as numbers. */
export function attentionProblem(
  recorder: Recorder,
  inputs: InputsOf<"attention">,
  attributes: AttributesOf<"attention">,
): AttentionProblem {
  const { heads, groups, blockQueries, maskRows, maskHeads, scale, rate } = attributes;
  const query = layoutOf(inputs.query.shape, heads);
  const key = layoutOf(inputs.key.shape, groups);
  const { words, numbers: places, release } = joinWords(recorder, inputs);
  const numbers: Numbers = {
    heads,
    kv_heads: groups,
    queries: query.length,
    keys: key.length,
    block_queries: blockQueries,
    blocks: Math.ceil(query.length / blockQueries),
    query_batch: query.batch,
    query_head: query.head,
    query_row: query.row,
    key_batch: key.batch,
    key_head: key.head,
    key_row: key.row,
    mask_batch: maskRows > 1 ? maskHeads : 0,
    mask_head: maskHeads > 1 ? 1 : 0,
    scale,
    ...biasNumbers(inputs.bias, attributes),
    ...places,
    dropping: rate > 0 ? 1 : 0,
    ...dropoutNumbers(attributes),
  };
  return { batches: query.batches, width: query.width, numbers, words, release };
}
