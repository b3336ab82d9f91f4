import { ConfigError } from "@trivium/core";
import type { Example, Features } from "@trivium/features";
import type { LanguageModel } from "@trivium/model";

interface RoomOptions {
  readonly model: LanguageModel;
  readonly examples: readonly Example[];
  readonly maximumTokens: number | readonly number[];
}

/**
 * A function that says how many tokens an answer may have before it passes what was asked for, or the model's length.
 *
 * @throws {ConfigError} `generate/maximum-tokens`
 */
export function roomOf(options: RoomOptions): (index: number, prompt: Features) => number {
  const { examples, maximumTokens } = options;
  const { architecture, config } = options.model;
  const asked = typeof maximumTokens === "number" ? examples.map(() => maximumTokens) : maximumTokens;
  const wrong = asked.find((tokens) => !Number.isSafeInteger(tokens) || tokens < 1);
  if (wrong !== undefined) {
    throw new ConfigError("generate/maximum-tokens", `maximumTokens is a positive integer, got ${wrong}`);
  }
  if (asked.length !== examples.length) {
    const got = `${asked.length} for ${examples.length} examples`;
    throw new ConfigError(
      "generate/maximum-tokens",
      `maximumTokens is one number, or one for each example, got ${got}`,
    );
  }
  // Merged attention reads its streams as one text.
  const counted = config.crossAttention === "merged" ? architecture.streams : architecture.streams.slice(-1);
  return (index, { streams }) => {
    const taken = counted.reduce((sum, stream) => sum + (streams[stream]?.length ?? 0), 0);
    return Math.min(asked[index] as number, config.length - taken + 1);
  };
}
