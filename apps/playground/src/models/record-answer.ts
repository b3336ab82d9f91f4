import { createRandom } from "@trivium/core";
import type { Example } from "@trivium/features";
import { beam, forcedTokens, type GenerateEvent, generate, greedy, type Strategy, sample } from "@trivium/generate";
import { type Decoder, type DecodingState, readsOf } from "@trivium/model";
import { promptOf } from "@trivium/objectives";
import { type HeldModel, labelsOf } from "./held-model.ts";
import type { CacheState, DecodeSettings, DecodeTrace } from "./protocol.ts";

/** Most tokens of an answer, and tokens of which each step tells the probabilities. */
const MOST_ANSWERED = 64;
const SHOWN_TOKENS = 10;

/** Lets a model answer, and records every step with its cache. The parameters are borrowed. */
export async function recordAnswer(held: HeldModel, settings: DecodeSettings): Promise<DecodeTrace> {
  const { model, parameters, tokenizer, objective } = held;
  const { special } = tokenizer;
  const { seed, forced } = settings;
  const example = exampleOf(held, settings.source);
  const { streams } = promptOf(objective, example, { special, tokenizer, random: createRandom(0) });
  const own = model.decoder(parameters);
  // Where nothing sees what comes later, a prefix is a prompt like any other.
  const isSealed = readsOf(model.architecture, model.streams.at(-1) as string) !== "past";
  const caches: CacheState[] = [];
  const events: GenerateEvent[] = [];
  try {
    const request = { model, parameters, objective, special, tokenizer, examples: [example], seed, trace: true };
    const asked = {
      maximumTokens: Math.min(MOST_ANSWERED, model.length),
      strategy: strategyOf(settings),
      processors: [forcedTokens({ first: forced })],
      decodeText: (ids: readonly number[]) => tokenizer.decodeTarget(ids),
      logProbabilities: { top: SHOWN_TOKENS },
      decoder: followed(own, (state) => caches.push(cacheOf(own, state, isSealed))),
    };
    for await (const event of generate({ ...request, ...asked })) events.push(event);
  } finally {
    own.dispose();
  }
  const labelOf = labelsOf(tokenizer);
  const [before, predicting = before as string] = model.streams;
  return {
    events,
    caches,
    sourceLabels: before === predicting ? [] : (streams[before as string] ?? []).map(labelOf),
    promptLabels: (streams[predicting] ?? []).map(labelOf),
    labels: Object.fromEntries(idsOf(events).map((id) => [id, labelOf(id)])),
    layers: layersOf(model.config.layers, predicting),
    length: model.length,
    ends: special.end,
  };
}

const exampleOf = ({ task, tokenizer }: HeldModel, source: string): Example =>
  task === "text" ? { tokens: tokenizer.encodeTarget(source) } : { source: tokenizer.encodeSource(source), target: [] };

const layersOf = (layers: number | Readonly<Record<string, number>> | undefined, stream: string): number =>
  typeof layers === "object" ? (layers[stream] ?? 1) : (layers ?? 1);

function strategyOf({ strategy, beam: size, lengthPenalty, temperature }: DecodeSettings): Strategy {
  if (strategy === "greedy") return greedy();
  return strategy === "sample" ? sample({ temperature }) : beam({ beam: size, lengthPenalty });
}

/** All ids that events name. */
function idsOf(events: readonly GenerateEvent[]): number[] {
  const ids = events.flatMap((event) => {
    if (event.type === "token") return [event.id, ...(event.top ?? []).map(({ id }) => id)];
    if (event.type !== "step") return [];
    return [...event.candidates.flat().map(({ id }) => id), ...event.hypotheses.flatMap((one) => one.ids)];
  });
  return [...new Set(ids)];
}

/** Returns the decoder, whose every state is shown when its logits are there. */
function followed(decoder: Decoder, show: (state: DecodingState) => void): Decoder {
  const shown = (state: DecodingState): DecodingState => {
    show(state);
    return follow(state);
  };
  const follow = (state: DecodingState): DecodingState => ({
    lengths: state.lengths,
    sealed: state.sealed,
    sources: state.sources,
    logits: state.logits,
    append: (ids, counts, options) => shown(state.append(ids, counts, options)),
    select: (rows) => follow(state.select(rows)),
    fork: (count) => follow(state.fork(count)),
    join: (other) => follow(state.join(other)),
    dispose: () => state.dispose(),
  });
  return {
    prefill: (input, options) => shown(decoder.prefill(input, options)),
    get pages() {
      return decoder.pages;
    },
    get bytesCopied() {
      return decoder.bytesCopied;
    },
    dispose: () => decoder.dispose(),
  };
}

function cacheOf({ pages, bytesCopied }: Decoder, state: DecodingState, isSealed: boolean): CacheState {
  const { lengths, sealed, sources } = state;
  const rows = Array.from(lengths, (length, row) => ({ length, sealed: isSealed ? (sealed[row] as number) : 0 }));
  return { rows, source: sources[0] as number, pages: { ...pages }, bytesCopied };
}
