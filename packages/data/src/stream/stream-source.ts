import { ConfigError, createRandom, type Json } from "@trivium/core";
import { type Batch, type BatchSource, type Example, shardOf } from "@trivium/features";
import type { BatchSourceOptions } from "../batching.ts";
import { createBatching } from "../batching.ts";
import type { DrawnExample, ExampleSource } from "../example-feed.ts";
import { createShuffledStream, firstCursor, type ShuffledStream, type StreamCursor } from "./shuffled-stream.ts";
import type { TokenSource } from "./token-source.ts";

/** Sources of streamed examples, and how they are mixed. */
export interface StreamExamplesOptions extends Pick<BatchSourceOptions, "batchSize" | "seed"> {
  readonly sources: readonly TokenSource[];
  /** Examples of a source that are shuffled together. */
  readonly buffer: number;
}

export interface StreamSourceOptions
  extends StreamExamplesOptions,
    Omit<BatchSourceOptions, "examples" | "bucketBatches"> {}

/** What a checkpoint keeps of a stream. */
interface MixtureCursor extends Readonly<Record<string, Json>> {
  /** For each source, where it goes on. */
  readonly sources: readonly StreamCursor[];
  /** Examples that each source has given. */
  readonly given: readonly number[];
}

/**
 * Batches of examples that are streamed, shuffled in groups, and taken from several sources by their weights. Whoever
 * goes on from the cursor of a step sees exactly the examples that would have followed.
 *
 * After any number of examples each source has given its share, up to one example. The examples of a step are cut into
 * shards: every process reads the stream, and converts its own examples alone.
 *
 * @throws {ConfigError} what `createBatchSource` throws, and `data/buffer` or `data/weights`.
 * @example createStreamSource({ sources, buffer: 2048, special: tokenizer.special, objective, batchSize: 64, seed: 1 })
 */
export function createStreamSource(options: StreamSourceOptions): BatchSource<Batch> {
  const { batchSize } = options;
  assertOptions(options);
  const batching = createBatching(options);
  const drawn = createRandom(options.seed).split("features");
  let open: { mixture: Mixture; key: string } | undefined;
  return {
    async step({ step, cursor, shards, of }) {
      const key = JSON.stringify(cursor);
      // A step that is asked for again, or another one, is read anew.
      if (open?.key !== key) {
        open?.mixture.close();
        open = { mixture: createMixture(options, cursor as MixtureCursor | null), key };
      }
      const { mixture } = open;
      // Until all are there, no cursor leads to where the stream stands.
      open.key = "";
      const examples: Example[] = [];
      while (examples.length < batchSize) examples.push(await mixture.next());
      const next = mixture.cursor();
      open.key = JSON.stringify(next);
      const numbered = examples.map((example, at) => ({ example, random: drawn.split(step * batchSize + at) }));
      return { batches: shards.map((shard) => batching(shardOf(numbered, shard, of))), cursor: next };
    },
  };
}

/**
 * Returns streamed examples one after the other, shuffled and mixed as {@link createStreamSource} does.
 *
 * @throws {ConfigError} `data/batch-size`, `data/buffer` or `data/weights`.
 */
export function createStreamExamples(options: StreamExamplesOptions): ExampleSource {
  assertOptions(options);
  const drawn = createRandom(options.seed).split("features");
  const recall = (recalled: Json): DrawnExample => {
    const { example, number } = recalled as unknown as RecalledExample;
    return { example, random: drawn.split(number) };
  };
  return {
    recall,
    open(cursor) {
      const mixture = createMixture(options, cursor as MixtureCursor | null);
      return {
        async next() {
          const number = mixture.cursor().given.reduce((sum, count) => sum + count, 0);
          const example = await mixture.next();
          const recalled = JSON.parse(JSON.stringify({ number, example } satisfies RecalledExample)) as Json;
          return { drawn: { example, random: drawn.split(number) }, recalled };
        },
        cursor: () => mixture.cursor(),
        close: () => mixture.close(),
      };
    },
  };
}

/** A streamed example, and the number of those before it. */
interface RecalledExample {
  readonly number: number;
  readonly example: Example;
}

interface Mixture {
  next(): Promise<Example>;
  cursor(): MixtureCursor;
  close(): void;
}

function createMixture({ sources, buffer, seed }: StreamExamplesOptions, from: MixtureCursor | null): Mixture {
  const random = createRandom(seed).split("stream");
  const given = [...(from?.given ?? sources.map(() => 0))];
  const streams = sources.map((source, at): ShuffledStream => {
    const start = from?.sources[at] ?? firstCursor;
    return createShuffledStream(source, { buffer, random: random.split(at), from: start });
  });
  const weights = sources.map(({ weight }) => weight);
  return {
    async next() {
      const chosen = nextSource(given, weights);
      given[chosen] = (given[chosen] as number) + 1;
      const example = await (streams[chosen] as ShuffledStream).next();
      const task = sources[chosen]?.task;
      return task === undefined ? example : { ...example, task };
    },
    cursor: () => ({ sources: streams.map(({ cursor }) => cursor), given: [...given] }),
    close() {
      for (const stream of streams) stream.close();
    },
  };
}

/**
 * The source that gives the next example: of those that have not had their share yet, the one that is due first.
 *
 * @source the quota method, Balinski and Young 1975, https://doi.org/10.1080/00029890.1975.11993911
 */
function nextSource(given: readonly number[], weights: readonly number[]): number {
  const next = 1 + given.reduce((sum, count) => sum + count, 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const dueAt = given.map((count, at) => {
    const share = (weights[at] as number) / total;
    return count < next * share ? (count + 1) / share : Infinity;
  });
  return dueAt.indexOf(Math.min(...dueAt));
}

function assertOptions({ sources, buffer, batchSize }: StreamExamplesOptions): void {
  const refuse = (code: string, problem: string) => new ConfigError(`data/${code}`, problem);
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw refuse("batch-size", `batchSize is a whole number from 1, got ${batchSize}`);
  if (!Number.isSafeInteger(buffer) || buffer < 1)
    throw refuse("buffer", `the shuffle buffer is a whole number of examples from 1, got ${buffer}`);
  const weights = sources.map(({ weight }) => weight);
  if (weights.length === 0 || !weights.every((weight) => weight > 0 && Number.isFinite(weight)))
    throw refuse("weights", `a stream needs at least one source, each with a weight above 0, got [${weights}]`);
}
