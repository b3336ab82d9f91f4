import { assertSealed, KeyValuePages, PageReading } from "@trivium/attention";
import type { ModelInput } from "@trivium/features";
import { causal } from "@trivium/masks";
import type { Decoder, DecodingState } from "@trivium/model";
import { type Contender, contenderOn, type Subject, type Work } from "../contender.ts";

/** Rows, and the keys that each one holds before a token. */
export interface DecodingSize {
  readonly batch: number;
  readonly keys: number;
}

/** A contender that may count the bytes of keys and values which its steps moved. */
export interface DecodingContender extends Contender {
  /** Mean of a step. */
  readonly bytesCopied?: (() => number) | undefined;
}

/** Tokens after which rows begin again: those of the page that a prefill has ready. */
const TOKENS = 31;

/** Prompts of that size. */
export function promptsOf({ batch, keys }: DecodingSize, stream: string): ModelInput {
  const rows = {
    ids: new Int32Array(batch * keys).fill(1),
    lengths: Array.from({ length: batch }, () => keys),
    length: keys,
  };
  return { size: batch, streams: { [stream]: rows }, prefixLengths: rows.lengths.map(() => 0) };
}

export interface DecodingOptions {
  readonly work: Work;
  readonly decoder: Decoder;
  readonly prompts: ModelInput;
  /** Tokens after which rows begin again behind their prompts. */
  readonly tokens: number;
  /** True if each step follows other beams than the step before. */
  readonly moving: boolean;
}

/** Decodes a token of every row at a time, with its logits read. */
export async function decodingContender(
  subject: Subject,
  { work, decoder, prompts, moving, tokens: most }: DecodingOptions,
): Promise<DecodingContender> {
  await subject.use();
  const prompt = decoder.prefill(prompts);
  const ones = new Int32Array(prompts.size).fill(1);
  // Every beam but the last goes on twice.
  const parents = ones.map((_, row) => row >> 1);
  let state: DecodingState = prompt.fork(1);
  let [tokens, copied, steps] = [0, 0, 0];
  const contender = contenderOn(subject, {
    work,
    run(times) {
      for (let time = 0; time < times; time++) {
        if (tokens++ === most) {
          tokens = 1;
          state.dispose();
          state = prompt.fork(1);
        }
        const before = decoder.bytesCopied;
        if (moving) state = state.select(parents);
        state = state.append(ones, ones);
        state.logits.dataSync();
        copied += decoder.bytesCopied - before;
        steps += 1;
      }
    },
    close: () => decoder.dispose(),
  });
  return { ...contender, bytesCopied: () => copied / steps };
}

/** Runs prompts whole, with the logits of their last tokens read. */
export const prefillContender = (
  subject: Subject,
  { work, decoder, prompts }: Pick<DecodingOptions, "work" | "decoder" | "prompts">,
): Contender =>
  contenderOn(subject, {
    work,
    run(times) {
      for (let time = 0; time < times; time++) {
        const state = decoder.prefill(prompts);
        state.logits.dataSync();
        state.dispose();
      }
    },
    close: () => decoder.dispose(),
  });

/**
 * Measures the bookkeeping of a step, without ops and kernels: the guard of sealed positions, slots, pages, mask and
 * plan.
 */
export function bookkeepingContender(subject: Subject, label: string, { batch, keys }: DecodingSize): Contender {
  const storage = new KeyValuePages(1);
  const ones = new Int32Array(batch).fill(1);
  const queryRows = ones.map((_, row) => row);
  const prefilled = ones.map(() => keys);
  const begin = () => storage.extend(storage.emptyRows(batch), prefilled).rows;
  let rows = begin();
  let [tokens, words] = [0, 0];
  return contenderOn(subject, {
    work: { label },
    run(times) {
      for (let time = 0; time < times; time++) {
        if (tokens++ === TOKENS) {
          tokens = 1;
          storage.release(rows);
          rows = begin();
        }
        const mask = causal();
        assertSealed(mask, rows.lengths, ones);
        const queries = { rows: queryRows, positions: rows.lengths };
        ({ rows } = storage.extend(rows, ones));
        // Used, so that it is not left out.
        words += new PageReading({ storage, rows, queries, mask }).plan.words.length;
      }
    },
    close() {
      storage.dispose();
      if (words < 0) throw new Error("plans have words");
    },
  });
}
