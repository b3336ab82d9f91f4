import { documentLengths, type ModelInput, type StreamRows } from "@trivium/features";
import { type Mask, visiblePairs } from "@trivium/masks";
import { isGated } from "@trivium/nn";
import { countSpecs, flattenSpecs } from "@trivium/tensor";
import { type Architecture, selfMaskOf } from "./architecture.ts";
import type { ModelOptions } from "./config.ts";
import { parameterSpecs } from "./parameter-specs.ts";
import { isMerged, layersOf, type ResolvedConfig, resolveConfig } from "./resolve-config.ts";
import { masksOfLayers } from "./stream-layout.ts";

/** Counts the parameters of a model, biases, norms and positions included, without making any. */
export function countModelParameters(architecture: Architecture, options: ModelOptions): number {
  return countSpecs(parameterSpecs(architecture, resolveConfig(architecture, options)));
}

/** Counts the weights of matrices and embeddings alone, as papers do: without norms and biases. */
export function countModelMatrices(architecture: Architecture, options: ModelOptions): number {
  const specs = Object.values(flattenSpecs(parameterSpecs(architecture, resolveConfig(architecture, options))));
  return specs.reduce((sum, { shape }) => sum + (shape.length === 2 ? shape[0]! * shape[1]! : 0), 0);
}

/** One row: how long each stream is, and its prefix. */
export interface RowLengths {
  readonly lengths: Readonly<Record<string, number>>;
  readonly prefixLength?: number | undefined;
}

/** Floating-point operations of one forward pass, a multiplication and an addition counted as two. */
export interface Flops {
  /** Query, key, value, output and feed-forward matrices. */
  readonly projections: number;
  /** `4·D` per head for each visible pair: logits and the weighted sum. */
  readonly attention: number;
  /** The matrix to the vocabulary. */
  readonly head: number;
  readonly total: number;
}

/**
 * FLOPs of the matrix products of one row's forward pass. A training step is three times that: the backward pass
 * multiplies each matrix twice.
 *
 * Attention is counted by visible pairs: what a kernel that skips hidden blocks computes at least.
 */
export function forwardFlops(architecture: Architecture, options: ModelOptions, row: RowLengths): Flops {
  return rowFlops(architecture, resolveConfig(architecture, options), row);
}

/**
 * Counts the FLOPs of training on a batch: three forward passes over its real tokens. Padding is not counted, nor pairs
 * of packed documents, so the number says what the batch needs and not what a kernel does.
 *
 * @returns a function of batches, packed or not; rows and documents of equal lengths are counted once.
 */
export function trainingFlops(architecture: Architecture, options: ModelOptions): (input: ModelInput) => number {
  const config = resolveConfig(architecture, options);
  const known = new Map<string, number>();
  return ({ streams, prefixLengths }) => {
    const documents = architecture.streams.map((name) => documentLengths(streams[name] as StreamRows).flat());
    let sum = 0;
    for (const [document, prefixLength] of prefixLengths.entries()) {
      const own = documents.map((lengths) => lengths[document] ?? 0);
      const key = `${own}/${prefixLength}`;
      const lengths = Object.fromEntries(architecture.streams.map((name, at) => [name, own[at] as number]));
      const flops = known.get(key) ?? 3 * rowFlops(architecture, config, { lengths, prefixLength }).total;
      known.set(key, flops);
      sum += flops;
    }
    return sum;
  };
}

function rowFlops(architecture: Architecture, config: ResolvedConfig, row: RowLengths): Flops {
  const { streams } = architecture;
  const counts = streams.map((stream, at) => streamFlops({ architecture, config }, row, [stream, streams[at - 1]]));
  const projections = counts.reduce((sum, ofStream) => sum + ofStream.projections, 0);
  const attention = counts.reduce((sum, ofStream) => sum + ofStream.attention, 0);
  const head = 2 * lengthOf(row, streams.at(-1) as string) * config.width * config.vocabulary;
  return { projections, attention, head, total: projections + attention + head };
}

function streamFlops(
  { architecture, config }: { readonly architecture: Architecture; readonly config: ResolvedConfig },
  row: RowLengths,
  [stream, memory]: readonly [string, string | undefined],
): Pick<Flops, "projections" | "attention"> {
  const { width, heads, keyValueHeads, headWidth, feedForward, activation } = config;
  const layers = layersOf(config, stream);
  const length = lengthOf(row, stream);
  const queryAndOutput = 2 * width * heads * headWidth;
  const keyAndValue = 2 * width * keyValueHeads * headWidth;
  const matrices = (isGated(activation) ? 3 : 2) * width * feedForward;
  const prefixLengths = row.prefixLength ?? 0;
  const perPair = 4 * heads * headWidth;
  let projections = 2 * length * (queryAndOutput + keyAndValue + matrices);
  const masks = masksOfLayers(config, stream, (window) => selfMaskOf(architecture, stream)({ prefixLengths, window }));
  const counted = new Map([...new Set(masks)].map((mask) => [mask, pairs(mask, length, length)]));
  let attention = perPair * masks.reduce((sum, mask) => sum + (counted.get(mask) as number), 0);
  if (memory !== undefined && architecture.crossMask) {
    const source = lengthOf(row, memory);
    projections += 2 * source * keyAndValue + (isMerged(config) ? 0 : 2 * length * queryAndOutput);
    attention += layers * perPair * pairs(architecture.crossMask({ prefixLengths }), length, source);
  }
  return { projections: layers * projections, attention };
}

const lengthOf = (row: RowLengths, stream: string): number => row.lengths[stream] ?? 0;

const pairs = (mask: Mask, queries: number, keys: number): number => visiblePairs(mask, { queries, keys });
