import { ConfigError, createPacer } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import type { DecodingState, LanguageModel } from "@trivium/model";
import type { ParameterTree } from "@trivium/tensor";
import type { Decoded, DecodeOptions } from "./greedy.ts";
import { advance, bestOf, type Continuation, type Search, type SearchRules } from "./hypotheses.ts";
import { roomOfRows } from "./room-of-rows.ts";

export interface BeamSearchOptions extends DecodeOptions {
  /** The beam size: how many hypotheses of a row stay open. With 1 it is greedy decoding. */
  readonly beam: number;
  /**
   * α of the length penalty of Wu et al. 2016: log-probabilities are compared divided by `((5 + length) / 6)^α`, the
   * length with the end of sequence. 0 compares them as they are. Default 0.6.
   */
  readonly lengthPenalty?: number | undefined;
}

/** What a search found for one row. */
export interface BeamDecoded extends Decoded {
  /** Of all tokens and, where it ended by itself, of the end; nats. */
  readonly logProbability: number;
}

/**
 * Beam search over a batch: at each step the most probable `beam` hypotheses of each row stay open, with keys and
 * values cached. A hypothesis has ended if its end is among the best `beam` of all continuations. A row is done when
 * `beam` hypotheses have ended or no open one can win; then it leaves the batch, and the others go on. The best that
 * ended wins; one that was cut at its most tokens wins where none has.
 *
 * Gives way to timers and signals between steps, every 16 ms or so.
 *
 * @param input - prompts, as an objective's `prompt` makes them.
 * @returns one result for each row, in order.
 * @throws {ConfigError} `generate/beam` if it is not an integer from 1 to the vocabulary, `generate/length-penalty` if
 *   it is negative or not finite, `generate/maximum-tokens` as `decodeGreedily` does.
 * @source Wu et al. 2016, §7, https://arxiv.org/abs/1609.08144
 * @example (await decodeWithBeam(model, parameters, prompts, { end: [3], maximumTokens: 20, beam: 4 }))[0].ids
 */
export async function decodeWithBeam(
  model: LanguageModel,
  parameters: ParameterTree,
  input: ModelInput,
  { maximumTokens, signal, ...options }: BeamSearchOptions,
): Promise<BeamDecoded[]> {
  const rules = rulesOf(options, model.config.vocabulary);
  const searches = roomOfRows(model, input, maximumTokens).map((room, row): Search => {
    return { room, open: [{ ids: [], logProbability: 0, row }], ended: [], done: false };
  });
  const pause = createPacer();
  let going = [...searches.keys()];
  let state = model.prefill(parameters, input);
  try {
    for (;;) {
      const continuations = mostProbable(state, rules.beam + rules.end.length);
      let row = 0;
      for (const index of going) {
        const search = searches[index] as Search;
        searches[index] = advance(search, { continuations, firstRow: row }, rules);
        row += search.open.length;
      }
      await pause();
      going = going.filter((index) => !searches[index]?.done);
      if (signal?.aborted || going.length === 0) break;
      const open = going.flatMap((index) => (searches[index] as Search).open);
      const rows = open.map((hypothesis) => hypothesis.row);
      if (rows.length !== row || rows.some((parent, at) => parent !== at)) state = model.reorder(state, rows);
      const ids = open.map((hypothesis) => hypothesis.ids.at(-1) as number);
      state = model.decode(parameters, state, ids);
    }
  } finally {
    state.dispose();
  }
  return searches.map((search) => {
    const { best, stopped } = bestOf(search);
    return { ids: best.ids, stopped, logProbability: best.logProbability };
  });
}

function rulesOf(
  { beam, lengthPenalty = 0.6, end }: Omit<BeamSearchOptions, "maximumTokens">,
  vocabulary: number,
): SearchRules {
  if (!Number.isSafeInteger(beam) || beam < 1 || beam > vocabulary) {
    const message = `beam is an integer from 1 to the ${vocabulary} tokens of the vocabulary, got ${beam}`;
    throw new ConfigError("generate/beam", message);
  }
  if (!(Number.isFinite(lengthPenalty) && lengthPenalty >= 0)) {
    throw new ConfigError("generate/length-penalty", `lengthPenalty is a number from 0, got ${lengthPenalty}`);
  }
  return { beam, lengthPenalty, end };
}

/** The best `count` continuations of each row, the best first; of equals the one with the lower id, as greedily. */
function mostProbable({ logits }: DecodingState, count: number): Continuation[][] {
  const [rows, vocabulary] = logits.shape;
  const values = logits.dataSync();
  return Array.from({ length: rows }, (_, row) =>
    bestOfRow(values.subarray(row * vocabulary, (row + 1) * vocabulary), count),
  );
}

function bestOfRow(logits: ArrayLike<number>, count: number): Continuation[] {
  const best: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] as number;
    if (best.length === count && logit <= (logits[best[count - 1] as number] as number)) continue;
    let place = best.length;
    while (place > 0 && logit > (logits[best[place - 1] as number] as number)) place -= 1;
    best.splice(place, 0, id);
    if (best.length > count) best.pop();
  }
  const largest = logits[best[0] as number] as number;
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp((logits[id] as number) - largest);
  const normaliser = largest + Math.log(sum);
  return best.map((id) => ({ id, logProbability: (logits[id] as number) - normaliser }));
}
