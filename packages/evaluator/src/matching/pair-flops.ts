import { type Architecture, forwardFlops, type ModelOptions } from "@trivium/model";

/** Lengths of a source and its target in tokens, including their special tokens. */
export interface PairLengths {
  readonly source: number;
  readonly target: number;
}

/**
 * FLOPs of training on one pair, three forward passes. A single stream holds source and target in one row, of which the
 * source is the prefix.
 *
 * @example pairFlops(causal, config, { source: 8, target: 8 })
 */
export function pairFlops(architecture: Architecture, config: ModelOptions, { source, target }: PairLengths): number {
  const { streams } = architecture;
  const lengths =
    streams.length === 1
      ? { [streams[0] as string]: source + target }
      : { [streams[0] as string]: source, [streams.at(-1) as string]: target };
  return 3 * forwardFlops(architecture, config, { lengths, prefixLength: source }).total;
}
