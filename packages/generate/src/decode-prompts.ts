import { createPacer } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import type { Decoder, DecodingState } from "@trivium/model";
import type { Answer } from "./answer.ts";
import type { GenerateEvent } from "./generate-event.ts";
import type { RowsToRun } from "./strategy.ts";

export interface DecodePromptsOptions {
  readonly decoder: Decoder;
  readonly input: ModelInput;
  /** Searches of every row, side by side: `[B · searches]`. */
  readonly answers: readonly Answer[];
  readonly searches: number;
  /** Whether searches are given states of the model. */
  readonly states: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Decodes the answers of a batch of prompts, which run once however many answers they have. An answer that is over
 * leaves the batch, and the others go on.
 */
export async function* decodePrompts(options: DecodePromptsOptions): AsyncGenerator<GenerateEvent> {
  const { answers, signal } = options;
  const pause = createPacer();
  let { state, states } = await prefill(options);
  try {
    for (;;) {
      // A copy, since processors change it.
      const logits = new Float32Array(await state.logits.data());
      const next: RowsToRun = yield* stepAll(answers, { logits, vocabulary: state.logits.shape[1], states });
      if (next.ids.length === 0) return;
      await pause();
      if (signal?.aborted) break;
      if (!inPlace(next.parents, state)) state = state.select(next.parents);
      const counts = new Int32Array(next.ids.length).fill(1);
      state = state.append(next.ids, counts, { states: options.states });
      states = await statesOf(state, counts);
    }
  } finally {
    state.dispose();
  }
  for (const answer of answers) yield* answer.abort();
}

type RowStates = (readonly Float32Array[])[] | undefined;

async function prefill({ decoder, input, searches, states: wanted }: DecodePromptsOptions) {
  const prompts = decoder.prefill(input, { states: wanted });
  const states = await statesOf(prompts, prompts.lengths);
  if (searches === 1) return { state: prompts, states };
  try {
    const ofSearches = states?.flatMap((row) => Array.from({ length: searches }, () => row));
    return { state: prompts.fork(searches), states: ofSearches };
  } finally {
    prompts.dispose();
  }
}

/** The states at the tokens of each row that the last pass ran, `[rows][tokens][M]`. */
async function statesOf({ states }: DecodingState, counts: Int32Array): Promise<RowStates> {
  if (!states) return undefined;
  const [values, width] = [Float32Array.from(await states.data()), states.shape[1]];
  let next = 0;
  return Array.from(counts, (count) =>
    Array.from({ length: count }, () => values.subarray(width * next, width * ++next)),
  );
}

/** What the rows of all answers predict, and what the search is given of the model's states. */
interface Predicted {
  readonly logits: Float32Array;
  readonly vocabulary: number;
  readonly states: RowStates;
}

/** A step of every answer that is under way: the rows to go on with. */
function* stepAll(
  answers: readonly Answer[],
  { logits, vocabulary, states }: Predicted,
): Generator<GenerateEvent, RowsToRun> {
  const [parents, ids]: [number[], number[]] = [[], []];
  let row = 0;
  for (const answer of answers) {
    const { rows } = answer;
    if (rows === 0) continue;
    const first = row;
    const scores = Array.from({ length: rows }, (_, at) =>
      logits.subarray((first + at) * vocabulary, (first + at + 1) * vocabulary),
    );
    row += rows;
    const next = yield* answer.step(scores, states?.slice(first, row));
    for (const parent of next.parents) parents.push(first + parent);
    ids.push(...next.ids);
  }
  return { parents: Int32Array.from(parents), ids: Int32Array.from(ids) };
}

const inPlace = (parents: Int32Array, { lengths }: DecodingState): boolean =>
  parents.length === lengths.length && parents.every((parent, row) => parent === row);
