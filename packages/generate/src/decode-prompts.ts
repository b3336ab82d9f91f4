import { createPacer } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import type { Decoder, DecodingState } from "@trivium/model";
import type { Answer, RowsToRun } from "./answer.ts";
import type { GenerateEvent } from "./generate-event.ts";

export interface DecodePromptsOptions {
  readonly decoder: Decoder;
  readonly input: ModelInput;
  /** Searches of every row, side by side: `[B · searches]`. */
  readonly answers: readonly Answer[];
  readonly searches: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Decodes the answers of a batch of prompts, which run once however many answers they have. An answer that is over
 * leaves the batch, and the others go on.
 */
export async function* decodePrompts(options: DecodePromptsOptions): AsyncGenerator<GenerateEvent> {
  const { decoder, input, answers, searches, signal } = options;
  const pause = createPacer();
  let state = prefill(decoder, input, searches);
  try {
    for (;;) {
      // A copy, since processors change it.
      const logits = Float32Array.from(await state.logits.data());
      const next: RowsToRun = yield* stepAll(answers, logits, state.logits.shape[1]);
      if (next.ids.length === 0) return;
      await pause();
      if (signal?.aborted) break;
      if (!inPlace(next.parents, state)) state = state.select(next.parents);
      state = state.append(next.ids, new Int32Array(next.ids.length).fill(1));
    }
  } finally {
    state.dispose();
  }
  for (const answer of answers) yield* answer.abort();
}

function prefill(decoder: Decoder, input: ModelInput, searches: number): DecodingState {
  const prompts = decoder.prefill(input);
  if (searches === 1) return prompts;
  try {
    return prompts.fork(searches);
  } finally {
    prompts.dispose();
  }
}

/** A step of every answer that is under way: the rows to go on with. */
function* stepAll(
  answers: readonly Answer[],
  values: Float32Array,
  vocabulary: number,
): Generator<GenerateEvent, RowsToRun> {
  const [parents, ids]: [number[], number[]] = [[], []];
  let row = 0;
  for (const answer of answers) {
    const { rows } = answer;
    if (rows === 0) continue;
    const first = row;
    const scores = Array.from({ length: rows }, (_, at) =>
      values.subarray((first + at) * vocabulary, (first + at + 1) * vocabulary),
    );
    row += rows;
    const next = yield* answer.step(scores);
    for (const parent of next.parents) parents.push(first + parent);
    ids.push(...next.ids);
  }
  return { parents: Int32Array.from(parents), ids: Int32Array.from(ids) };
}

const inPlace = (parents: Int32Array, { lengths }: DecodingState): boolean =>
  parents.length === lengths.length && parents.every((parent, row) => parent === row);
