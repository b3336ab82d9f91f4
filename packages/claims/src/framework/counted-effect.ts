import type { Effect } from "@trivium/evaluator";

/**
 * An effect that is counted rather than estimated: its interval is a point.
 *
 * @example countedEffect({ name: "visible pairs", unit: "pairs", smallest: 0, value: 3 }).high // => 3
 */
export const countedEffect = ({
  value,
  method = "counted",
  ...effect
}: Pick<Effect, "name" | "unit" | "smallest"> & { readonly value: number; readonly method?: string }): Effect => ({
  ...effect,
  estimate: value,
  low: value,
  high: value,
  method,
});
