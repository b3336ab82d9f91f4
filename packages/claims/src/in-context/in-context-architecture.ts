import { and, prefix } from "@trivium/masks";
import { type Architecture, type MaskBuilder, selfMaskOf } from "@trivium/model";

/**
 * An architecture as it learns in context: the first `examples` positions are examples, the others are queries, and
 * queries are never keys, so that no query sees itself or another. Among the examples the architecture's own masks
 * hold, with all of them as the prefix. Of two streams the first holds the examples and the second the queries.
 *
 * ```
 * causal, 3 examples   prefix, 3 examples
 * █····                ███··
 * ██···                ███··
 * ███··                ███··
 * ███··                ███··
 * ███··                ███··
 * ```
 * @source Ding et al. 2024, §5, https://arxiv.org/abs/2308.06912, and the authors' code: a query that saw itself would
 *   spoil its prediction
 * @example inContextArchitecture(causal, 3).streams // => ["tokens"]
 */
export function inContextArchitecture(architecture: Architecture, examples: number): Architecture {
  const { streams, crossMask } = architecture;
  const among = (build: MaskBuilder, keys: number) => () =>
    and(build({ prefixLengths: examples }), prefix({ lengths: keys }));
  // The stream of queries has no example in it to be seen.
  const examplesIn = (index: number): number => (index === 0 ? examples : 0);
  const masks = streams.map((stream, index) => [stream, among(selfMaskOf(architecture, stream), examplesIn(index))]);
  const { name, reads } = architecture;
  const ofExamples = { name, streams, reads, selfMask: Object.fromEntries(masks) };
  return crossMask ? { ...ofExamples, crossMask: among(crossMask, examples) } : ofExamples;
}
