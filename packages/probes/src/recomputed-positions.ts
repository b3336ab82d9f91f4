import { type AttentionKernel, reference } from "@trivium/attention";
import { ConfigError } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import { createModel, type Decoder, type DecodingState, type LanguageModel } from "@trivium/model";
import type { ParameterTree } from "@trivium/tensor";
import { whyRecompute } from "./why-recompute.ts";

/** Lengths in tokens. */
export interface Turn {
  readonly prompt: number;
  readonly reply: number;
}

export interface RecomputedPositionsOptions {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
  readonly turns: readonly Turn[];
  /** The kernel to run with. Default: the reference. */
  readonly attention?: AttentionKernel | undefined;
}

export interface TurnPositions {
  /** Positions that went through each stream's layers, by stream. */
  readonly encoded: Readonly<Record<string, number>>;
  /** Encoded tokens that an earlier turn had encoded already. */
  readonly recomputed: number;
  /** The reason why the cache of the turn before could not be used, or null if it was used or did not exist. */
  readonly reason: string | null;
}

export interface RecomputedPositions {
  readonly turns: readonly TurnPositions[];
  readonly encoded: number;
  readonly recomputed: number;
}

/**
 * Runs a dialogue, in which the whole dialogue so far is the source of each reply, and counts the positions that each
 * turn encodes. The model's own prefill and decoding run it; the attention kernel counts.
 *
 * Let `T` be the tokens of the turns before, `p` those of the prompt and `r` those of the reply; the last token of a
 * reply is read with the next prompt. A causal model encodes `p + r` positions and none again. A prefix model encodes
 * `T + p + r − 1`; an encoder–decoder encodes `T + p` in the source and `r` in the target; both encode `T − 1` again.
 *
 * @throws {ConfigError} `probes/turns` if there are none, or a length is not a positive integer.
 * @throws {ShapeError} `model/length` if the dialogue is longer than the model.
 * @source why a prefix cannot grow: https://github.com/huggingface/transformers/issues/31425
 * @example recomputedPositions({ model, parameters, turns: [{ prompt: 8, reply: 4 }, { prompt: 2, reply: 4 }] }).recomputed
 *   // => 11
 */
export function recomputedPositions(options: RecomputedPositionsOptions): RecomputedPositions {
  const { model, parameters, turns, attention = reference() } = options;
  assertTurns(turns);
  const queries: number[] = [];
  const counting: AttentionKernel = {
    name: attention.name,
    supports: (needs) => attention.supports(needs),
    attend(request) {
      queries.push(request.query.shape[2]);
      return attention.attend(request);
    },
  };
  const twin = createModel({ architecture: model.architecture, config: model.config, attention: counting });
  const dialogue = new Dialogue(twin, parameters, queries);
  try {
    const counted = turns.map((turn) => dialogue.hold(turn));
    const total = (of: (turn: TurnPositions) => number) => counted.reduce((sum, turn) => sum + of(turn), 0);
    return { turns: counted, encoded: total(sumOf), recomputed: total(({ recomputed }) => recomputed) };
  } finally {
    dialogue.dispose();
  }
}

const sumOf = ({ encoded }: Pick<TurnPositions, "encoded">): number =>
  Object.values(encoded).reduce((sum, count) => sum + count, 0);

function assertTurns(turns: readonly Turn[]): void {
  const wrong = turns.find(
    (turn) => !Object.values(turn).every((length) => Number.isSafeInteger(length) && length > 0),
  );
  if (turns.length > 0 && !wrong) return;
  const got = wrong ? `a prompt of ${wrong.prompt} and a reply of ${wrong.reply}` : "no turn";
  throw new ConfigError("probes/turns", `a dialogue has turns of at least one token each way, got ${got}`);
}

/** A model with its cache and the tokens that it has read. */
class Dialogue {
  readonly #model: LanguageModel;
  readonly #decoder: Decoder;
  /** Query positions of each call of the kernel since the last count. */
  readonly #queries: number[];
  #state: DecodingState | undefined;
  /** Number of tokens of the dialogue so far. */
  #length = 0;
  #read = 0;

  constructor(model: LanguageModel, parameters: ParameterTree, queries: number[]) {
    this.#model = model;
    this.#decoder = model.decoder(parameters);
    this.#queries = queries;
  }

  hold({ prompt, reply }: Turn): TurnPositions {
    const { architecture } = this.#model;
    const before = this.#read;
    this.#length += prompt;
    const reason = this.#state ? whyRecompute(architecture, this.#read, this.#length - this.#read) : null;
    const encoded = Object.fromEntries(architecture.streams.map((stream) => [stream, 0]));
    const add = (counts: Readonly<Record<string, number>>) => {
      for (const [stream, count] of Object.entries(counts)) encoded[stream] = (encoded[stream] ?? 0) + count;
    };
    if (this.#state && reason === null) while (this.#read < this.#length) add(this.#append());
    else add(this.#prefill());
    // The last token of the reply is read with what follows it.
    for (let token = 1; token < reply; token++) add(this.#append());
    this.#length = this.#read + 1;
    // A stream that begins anew begins with a token of its own.
    const fresh = this.#read - before + (architecture.streams.length - 1);
    return { encoded, recomputed: sumOf({ encoded }) - fresh, reason };
  }

  dispose(): void {
    this.#decoder.dispose();
  }

  #prefill(): Readonly<Record<string, number>> {
    const [first, ...others] = this.#model.architecture.streams as [string, ...string[]];
    const rows = (ids: number[]) => ({ ids: Int32Array.from(ids), lengths: [ids.length], length: ids.length });
    const source = Array.from({ length: this.#length }, (_, at) => at % this.#model.config.vocabulary);
    const streams = Object.fromEntries([
      [first, rows(source)],
      ...others.map((stream) => [stream, rows([0])]),
    ]) as ModelInput["streams"];
    this.#state?.dispose();
    this.#state = this.#decoder.prefill({ size: 1, streams, prefixLengths: [this.#length] });
    this.#read = this.#length;
    return this.#count(this.#model.architecture.streams);
  }

  #append(): Readonly<Record<string, number>> {
    const id = this.#read % this.#model.config.vocabulary;
    this.#state = (this.#state as DecodingState).append(Int32Array.of(id), Int32Array.of(1));
    this.#read += 1;
    return this.#count(this.#model.architecture.streams.slice(-1));
  }

  /** The queries of the first layer of each stream that was run: one self-attention a layer, and any cross-attention behind. */
  #count(streams: readonly string[]): Readonly<Record<string, number>> {
    const { architecture, config } = this.#model;
    const calls = this.#queries.splice(0);
    let next = 0;
    return Object.fromEntries(
      streams.map((stream) => {
        const count = calls[next] as number;
        const layers = typeof config.layers === "number" ? config.layers : (config.layers[stream] as number);
        next += stream === architecture.streams[0] || config.crossAttention === "merged" ? layers : 2 * layers;
        return [stream, count];
      }),
    );
  }
}
