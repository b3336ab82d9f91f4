import { ConfigError } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import type { DecodingState, Model } from "@trivium/model";
import { type ParameterTree, tf } from "@trivium/tensor";

export interface DecodeOptions {
  /** The id that ends a row; it is not part of the result. */
  readonly endOfSequence: number;
  /** The most tokens to decode, for every row or for each. */
  readonly maximumTokens: number | readonly number[];
  /** Ends the decoding before the next step; rows then say that they were cut. */
  readonly signal?: AbortSignal | undefined;
}

/** What was decoded for one row. */
export interface Decoded {
  /** Without the prompt and without the end of sequence. */
  readonly ids: readonly number[];
  /** Whether it ended by itself, or was cut at the most tokens or at the model's length. */
  readonly stopped: "end" | "length";
}

interface Row {
  readonly ids: number[];
  /** How many tokens it may have at most: what was asked for, and what the model's length leaves. */
  readonly room: number;
  ended: boolean;
}

const isResting = ({ ids, room, ended }: Row): boolean => ended || ids.length >= room;

/**
 * Greedy decoding of a batch: at each step the most probable token, with keys and values cached. A row is decoded as it
 * would be alone: when it has ended it rests, and the others go on.
 *
 * Gives way to timers and signals between steps.
 *
 * @param input - prompts, as an objective's `prompt` makes them.
 * @returns one result for each row, in order.
 * @throws {ConfigError} `generate/maximum-tokens` if it is not a positive integer, or not one for each row.
 * @example (await decodeGreedily(model, parameters, prompts, { endOfSequence: 3, maximumTokens: 20 }))[0].ids
 */
export async function decodeGreedily(
  model: Model,
  parameters: ParameterTree,
  input: ModelInput,
  { endOfSequence, maximumTokens, signal }: DecodeOptions,
): Promise<Decoded[]> {
  const rows = roomOf(model, input, maximumTokens).map((room): Row => ({ ids: [], room, ended: false }));
  let state = model.prefill(parameters, input);
  try {
    for (;;) {
      const next = mostProbable(state);
      for (const [index, row] of rows.entries()) {
        if (isResting(row)) continue;
        if (next[index] === endOfSequence) row.ended = true;
        else row.ids.push(next[index] as number);
      }
      await new Promise((resolve) => setTimeout(resolve));
      if (signal?.aborted || rows.every(isResting)) break;
      state = model.decode(
        parameters,
        state,
        next.map((id, index) => (isResting(rows[index] as Row) ? null : id)),
      );
    }
  } finally {
    state.dispose();
  }
  return rows.map(({ ids, ended }) => ({ ids, stopped: ended ? "end" : "length" }));
}

/** How many tokens each row may have before it passes the model's length. */
function roomOf(
  { architecture, config }: Model,
  input: ModelInput,
  maximumTokens: DecodeOptions["maximumTokens"],
): number[] {
  const lengths = input.streams[architecture.streams.at(-1) as string]?.lengths ?? [];
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

const mostProbable = ({ logits }: DecodingState): number[] => tf.tidy(() => [...tf.argMax(logits, -1).dataSync()]);
