import { ConfigError } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import type { LanguageModel } from "@trivium/model";

/**
 * How many tokens each row may have before it passes what was asked for, or the model's length.
 *
 * @throws {ConfigError} `generate/maximum-tokens`
 */
export function roomOfRows(
  { architecture, config }: LanguageModel,
  input: ModelInput,
  maximumTokens: number | readonly number[],
): number[] {
  // Merged attention reads its streams as one text.
  const counted = config.crossAttention === "merged" ? architecture.streams : architecture.streams.slice(-1);
  const each = counted.map((stream) => input.streams[stream]?.lengths ?? []);
  const lengths = Array.from({ length: input.size }, (_, row) => each.reduce((sum, own) => sum + (own[row] ?? 0), 0));
  const asked = typeof maximumTokens === "number" ? lengths.map(() => maximumTokens) : maximumTokens;
  const wrong = asked.find((tokens) => !Number.isSafeInteger(tokens) || tokens < 1);
  if (wrong !== undefined) {
    throw new ConfigError("generate/maximum-tokens", `maximumTokens is a positive integer, got ${wrong}`);
  }
  if (asked.length !== lengths.length) {
    const got = `${asked.length} for ${lengths.length} rows`;
    throw new ConfigError("generate/maximum-tokens", `maximumTokens is one number, or one for each row, got ${got}`);
  }
  return lengths.map((length, row) => Math.min(asked[row] as number, config.length - length + 1));
}
