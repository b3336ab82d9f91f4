import type { Features } from "@trivium/features";
import type { GenerateOptions } from "./generate.ts";
import { assertOption } from "./logits.ts";

/**
 * Returns a function that says how many tokens an answer may have before it passes what was asked for, or the model's
 * length.
 *
 * @throws {ConfigError} `generate/maximum-tokens`
 */
export function roomOf({
  model,
  examples,
  maximumTokens,
}: Pick<GenerateOptions, "model" | "examples" | "maximumTokens">): (index: number, prompt: Features) => number {
  const { architecture, config } = model;
  const asked = typeof maximumTokens === "number" ? examples.map(() => maximumTokens) : maximumTokens;
  const wrong = asked.find((tokens) => !Number.isSafeInteger(tokens) || tokens < 1);
  assertOption(wrong === undefined, "maximum-tokens", `maximumTokens is a positive integer, got ${wrong}`);
  const got = `${asked.length} for ${examples.length} examples`;
  const message = `maximumTokens is one number, or one for each example, got ${got}`;
  assertOption(asked.length === examples.length, "maximum-tokens", message);
  // Merged attention reads its streams as one text.
  const counted = config.crossAttention === "merged" ? architecture.streams : architecture.streams.slice(-1);
  return (index, { streams }) => {
    const taken = counted.reduce((sum, stream) => sum + (streams[stream]?.length ?? 0), 0);
    return Math.min(asked[index] as number, config.length - taken + 1);
  };
}
