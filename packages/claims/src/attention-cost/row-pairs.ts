import { visiblePairs } from "@trivium/masks";
import { type Architecture, selfMaskOf } from "@trivium/model";

/** A row of `source` positions (separator included) and `target` ones. */
export interface RowParts {
  readonly source: number;
  readonly target: number;
}

/**
 * The pairs of positions that attend to one another in one layer of each stream, for one row. Exact.
 *
 * @example rowPairs(causal, { source: 2, target: 2 }) // => 10
 */
export function rowPairs(architecture: Architecture, { source, target }: RowParts): number {
  const context = { prefixLengths: source };
  const own = (stream: string, size: number) =>
    visiblePairs(selfMaskOf(architecture, stream)(context), { queries: size, keys: size });
  const [first, second] = architecture.streams as readonly [string, string?];
  if (second === undefined) return own(first, source + target);
  const cross = architecture.crossMask
    ? visiblePairs(architecture.crossMask(context), { queries: target, keys: source })
    : 0;
  return own(first, source) + own(second, target) + cross;
}
