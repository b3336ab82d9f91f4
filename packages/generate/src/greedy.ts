import { ConfigError } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import type { DecodingState, Model } from "@trivium/model";
import { type ParameterTree, tf } from "@trivium/tensor";

export interface DecodeOptions {
  /** The id that ends a row; it is not part of the result. */
  readonly endOfSequence: number;
  /** The most tokens to decode for each row. */
  readonly maximumTokens: number;
}

/** What was decoded for one row. */
export interface Decoded {
  /** Without the prompt and without the end of sequence. */
  readonly ids: readonly number[];
  /** Whether it ended by itself, or was cut at the most tokens or at the model's length. */
  readonly stopped: "end" | "length";
}

/**
 * Greedy decoding of a batch: at each step the most probable token, with keys and values cached.
 *
 * @param input - prompts, as an objective's `prompt` makes them.
 * @returns one result for each row, in order.
 * @throws {ConfigError} `generate/maximum-tokens` if it is not a positive integer.
 */
export function decodeGreedily(
  model: Model,
  parameters: ParameterTree,
  input: ModelInput,
  options: DecodeOptions,
): Decoded[] {
  const { endOfSequence, maximumTokens } = options;
  if (!Number.isSafeInteger(maximumTokens) || maximumTokens < 1) {
    throw new ConfigError("generate/maximum-tokens", `maximumTokens is a positive integer, got ${maximumTokens}`);
  }
  const rows = Array.from({ length: input.size }, () => ({ ids: [] as number[], ended: false }));
  const steps = Math.min(maximumTokens, roomFor(model, input));
  let state = model.prefill(parameters, input);
  try {
    for (let step = 1; ; step++) {
      const next = mostProbable(state);
      rows.forEach((row, index) => {
        if (row.ended || next[index] === endOfSequence) row.ended = true;
        else row.ids.push(next[index] as number);
      });
      if (step === steps || rows.every(({ ended }) => ended)) break;
      state = model.decode(parameters, state, next);
    }
  } finally {
    state.dispose();
  }
  return rows.map(({ ids, ended }) => ({ ids, stopped: ended ? "end" : "length" }));
}

/** How many tokens the longest row can still predict before it passes the model's length. */
function roomFor({ architecture, config }: Model, input: ModelInput): number {
  const lengths = input.streams[architecture.streams.at(-1) as string]?.lengths ?? [];
  return config.length - Math.max(...lengths) + 1;
}

const mostProbable = ({ logits }: DecodingState): number[] => tf.tidy(() => [...tf.argMax(logits, -1).dataSync()]);
