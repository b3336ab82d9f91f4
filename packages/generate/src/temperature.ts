import { assertOption } from "./logits.ts";
import { type StatelessProcessor, stateless } from "./logits-processor.ts";

/**
 * Divides logits by a temperature: below 1 the probable becomes more probable, above 1 less.
 *
 * @throws {ConfigError} `generate/temperature` if it is not a positive number.
 * @example sample({ temperature: 0.7 }) // the strategy that draws under it
 */
export function temperature({ temperature: divisor }: { readonly temperature: number }): StatelessProcessor {
  const message = `temperature is a positive number, got ${divisor}; for the most probable token use greedy()`;
  assertOption(Number.isFinite(divisor) && divisor > 0, "temperature", message);
  return stateless("temperature", (logits) => {
    for (let id = 0; id < logits.length; id++) logits[id] = (logits[id] as number) / divisor;
  });
}
