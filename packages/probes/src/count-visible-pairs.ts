import { type Mask, visiblePairs } from "@trivium/masks";
import { type Architecture, selfMaskOf } from "@trivium/model";

export interface VisiblePairOptions {
  readonly architecture: Architecture;
  /** m: source positions. */
  readonly source: number;
  /** t: target positions. */
  readonly target: number;
}

/** Pairs of one row, one head and one layer. */
export interface VisiblePairs {
  /** Query–key pairs that the masks show, over all attentions of a layer. */
  readonly visible: number;
  /** All pairs: what a kernel that skips nothing goes through. */
  readonly all: number;
  /** visible / all. */
  readonly fraction: number;
}

/** One attention of a layer with its mask and pair counts. */
export interface LayerAttention {
  readonly queries: number;
  readonly keys: number;
  readonly mask: Mask;
}

/**
 * The pairs that the masks of an architecture show, exactly: of a single stream over source and target together, or of
 * the encoder, the decoder and its cross-attention.
 *
 * With m source and t target positions: causal `(m+t)(m+t+1)/2`; prefix that and `m(m−1)/2`; encoder–decoder
 * `m² + mt + t(t+1)/2`, the same as prefix.
 *
 * @throws {ConfigError} `masks/size` if a length is not an integer ≥ 0.
 * @source counted as in Wang et al. 2022, https://arxiv.org/abs/2204.05832
 * @example countVisiblePairs({ architecture: causal, source: 2, target: 2 }).visible // => 10
 */
export function countVisiblePairs(options: VisiblePairOptions): VisiblePairs {
  const attentions = layerAttentions(options);
  const visible = attentions.reduce((sum, { mask, ...size }) => sum + visiblePairs(mask, size), 0);
  const all = attentions.reduce((sum, { queries, keys }) => sum + queries * keys, 0);
  return { visible, all, fraction: all === 0 ? 0 : visible / all };
}

/** The attentions of a layer of every stream. */
export function layerAttentions({ architecture, source, target }: VisiblePairOptions): LayerAttention[] {
  const context = { prefixLengths: source };
  const [first, last] = [architecture.streams[0], architecture.streams.at(-1)] as [string, string];
  const own = (stream: string, length: number): LayerAttention => ({
    queries: length,
    keys: length,
    mask: selfMaskOf(architecture, stream)(context),
  });
  if (!architecture.crossMask) return [own(first, source + target)];
  const cross = { queries: target, keys: source, mask: architecture.crossMask(context) };
  return [own(first, source), own(last, target), cross];
}
