import type { ModelInput, StreamRows } from "@trivium/features";
import type { Decoder, DecodingState, LanguageModel } from "@trivium/model";
import type { ParameterTree } from "@trivium/tensor";

/** A decoder that keeps what it ran last. */
export interface KeepingDecoder extends Decoder {
  /** Tokens of the last prompt that were held already, and were not run again. */
  readonly reused: number;
}

/** Rows that were run, and the ids of the only one. */
interface Held {
  readonly state: DecodingState;
  readonly ids: readonly number[];
}

/**
 * Returns a decoder for a conversation: the keys and values of a row stay when its answer ends, and a prompt that begins
 * with the same tokens runs the new ones alone.
 *
 * That is so for a row of one stream without a prefix. A prefix was seen whole, and nothing may join it, so a prompt of a
 * prefix model is run anew; so is the source of an encoder-decoder.
 *
 * @example generate({ ...request, decoder: keepingDecoder(model, parameters) })
 */
export function keepingDecoder(model: LanguageModel, parameters: ParameterTree): KeepingDecoder {
  const decoder = model.decoder(parameters);
  let held: Held | undefined;
  let reused = 0;
  const keep = (next: Held): void => {
    held?.state.dispose();
    held = next;
  };
  return {
    prefill(input, options) {
      const ids = onlyRow(model, input);
      const { state, ids: known = [] } = held ?? {};
      held = undefined;
      // States of what was run before are not kept.
      const goesOn =
        state && ids && !options?.states && known.length < ids.length && known.every((id, at) => id === ids[at]);
      reused = goesOn ? known.length : 0;
      if (!goesOn) state?.dispose();
      const fresh = ids?.slice(reused) ?? [];
      const next = goesOn
        ? state.append(Int32Array.from(fresh), Int32Array.of(fresh.length), options)
        : decoder.prefill(input, options);
      return ids ? tracked(next, ids, keep) : next;
    },
    get pages() {
      return decoder.pages;
    },
    get bytesCopied() {
      return decoder.bytesCopied;
    },
    get reused() {
      return reused;
    },
    dispose() {
      held = undefined;
      decoder.dispose();
    },
  };
}

/** The ids of a row that may be gone on with; undefined where there are several, other streams, or a prefix. */
function onlyRow({ architecture }: LanguageModel, { size, streams, prefixLengths }: ModelInput): number[] | undefined {
  if (size !== 1 || architecture.streams.length !== 1 || prefixLengths[0] !== 0) return undefined;
  const { ids, lengths, length, padding } = streams[architecture.streams[0] as string] as StreamRows;
  const own = lengths[0] as number;
  const start = padding === "left" ? length - own : 0;
  return Array.from(ids.slice(start, start + own));
}

/** The same state, which is kept where it would be disposed of. */
function tracked(state: DecodingState, ids: readonly number[], keep: (held: Held) => void): DecodingState {
  const { lengths, sealed, sources, logits, states } = state;
  let isOver = false;
  const over = <T>(result: T): T => {
    isOver = true;
    return result;
  };
  return {
    lengths,
    sealed,
    sources,
    logits,
    states,
    append: (more, counts, options) => over(tracked(state.append(more, counts, options), [...ids, ...more], keep)),
    select: (rows) => over(state.select(rows)),
    fork: (count) => state.fork(count),
    join: (other) => over(state.join(other)),
    dispose() {
      if (!isOver) keep({ state, ids });
      isOver = true;
    },
  };
}
