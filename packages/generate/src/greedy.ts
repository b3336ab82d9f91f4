import { createPacer } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import type { DecodingState, LanguageModel } from "@trivium/model";
import { type ParameterTree, tf } from "@trivium/tensor";
import { roomOfRows } from "./room-of-rows.ts";

export interface DecodeOptions {
  /** The ids that end a row; none of them is part of the result. */
  readonly end: readonly number[];
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

/** Rows that have ended leave when they are an eighth: each time, what the others have cached is copied. */
const MOST_GOING = 7 / 8;

const isResting = ({ ids, room, ended }: Row): boolean => ended || ids.length >= room;

/**
 * Greedy decoding of a batch: at each step the most probable token, with keys and values cached. A row is decoded as it
 * would be alone: when it has ended it leaves the batch, and the others go on.
 *
 * Gives way to timers and signals between steps, every 16 ms or so.
 *
 * @param input - prompts, as an objective's `prompt` makes them.
 * @returns one result for each row, in order.
 * @throws {ConfigError} `generate/maximum-tokens` if it is not a positive integer, or not one for each row.
 * @example (await decodeGreedily(model, parameters, prompts, { end: [3], maximumTokens: 20 }))[0].ids
 */
export async function decodeGreedily(
  model: LanguageModel,
  parameters: ParameterTree,
  input: ModelInput,
  { end, maximumTokens, signal }: DecodeOptions,
): Promise<Decoded[]> {
  const rows = roomOfRows(model, input, maximumTokens).map((room): Row => ({ ids: [], room, ended: false }));
  const pause = createPacer();
  let inBatch: readonly Row[] = rows;
  let state = model.prefill(parameters, input);
  try {
    for (;;) {
      let next: readonly number[] = mostProbable(state);
      for (const [index, row] of inBatch.entries()) {
        if (isResting(row)) continue;
        const id = next[index] as number;
        if (end.includes(id)) row.ended = true;
        else row.ids.push(id);
      }
      await pause();
      if (signal?.aborted || inBatch.every(isResting)) break;
      const going = [...inBatch.keys()].filter((index) => !isResting(inBatch[index] as Row));
      if (going.length <= MOST_GOING * inBatch.length) {
        state = model.reorder(state, going);
        const [before, ids] = [inBatch, next];
        inBatch = going.map((index) => before[index] as Row);
        next = going.map((index) => ids[index] as number);
      }
      const ids = next.map((id, index) => (isResting(inBatch[index] as Row) ? null : id));
      state = model.decode(parameters, state, ids);
    }
  } finally {
    state.dispose();
  }
  return rows.map(({ ids, ended }) => ({ ids, stopped: ended ? "end" : "length" }));
}

const mostProbable = ({ logits }: DecodingState): number[] => tf.tidy(() => [...tf.argMax(logits, -1).dataSync()]);
