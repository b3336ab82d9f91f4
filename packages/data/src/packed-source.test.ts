import type { Json } from "@trivium/core";
import { type Batch, documentLengths, type Example } from "@trivium/features";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { reservedSpecials } from "@trivium/text";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemorySource } from "./batch-source.ts";
import type { ExampleSource } from "./example-feed.ts";
import { createPackedSource, type PackedSourceOptions } from "./packed-source.ts";
import { packExamples } from "./stream/packed-examples.ts";
import { createStreamExamples } from "./stream/stream-source.ts";
import { firstBlock, type TokenSource } from "./stream/token-source.ts";

const special = reservedSpecials();
const count = 40;
/** Pairs of other lengths, whose ids say which one it is. */
const examples = Array.from({ length: count }, (_, at): Example => {
  const ids = (length: number) => Array.from({ length }, () => 100 + at);
  return { source: ids(1 + ((at * 7) % 11)), target: ids(1 + ((at * 5) % 9)) };
});
const stream: TokenSource = {
  weight: 1,
  async *blocks(from) {
    for (let epoch = from.epoch; ; epoch++) yield { from: { ...firstBlock, epoch }, examples: packExamples(examples) };
  },
};
const sources: Readonly<Record<string, () => ExampleSource>> = {
  "in memory": () => createMemorySource({ examples, special, batchSize: 8, seed: 3 }),
  streamed: () => createStreamExamples({ sources: [stream], buffer: 16, batchSize: 8, seed: 3 }),
};
const objectives = [causalLm(), prefixLm(), seq2seq()] as readonly Objective[];
const length = 24;
const sourceOf = (open: ExampleSource, more: Partial<PackedSourceOptions> = {}) =>
  createPackedSource({
    source: open,
    special,
    objective: objectives[0] as Objective,
    batchSize: 8,
    packing: length,
    openRows: 4,
    ...more,
  });

interface Place {
  readonly step: number;
  readonly cursor: Json;
}

async function steps(source: ReturnType<typeof sourceOf>, number: number, from: Place = { step: 0, cursor: null }) {
  const seen: (readonly Batch[])[] = [];
  let { step, cursor } = from;
  for (let taken = 0; taken < number; taken++, step++) {
    const { batches, cursor: next } = await source.step({ step, cursor, shards: [0], of: 1 });
    seen.push(...batches);
    cursor = next;
  }
  return { seen, step, cursor };
}

/** The examples of a batch, by the last ids of its documents, which are predicted. */
const documentsOf = (batch: Batch): number[] => {
  const stream = Object.values(batch.streams).at(-1)!;
  return documentLengths(stream).flatMap((documents, row) => {
    const ends = documents.map((_, at) => documents.slice(0, at + 1).reduce((sum, size) => sum + size, 0));
    const first = row * stream.length;
    return ends.map((end, at) =>
      Math.max(...batch.targets.slice(first + end - (documents[at] as number), first + end)),
    );
  });
};

describe.each(Object.entries(sources))("%s", (_, open) => {
  test.each(objectives.map((objective) => [objective.name, objective] as const))(
    "%s: rows keep the length, a step has as many examples as are asked for, and each comes once in an epoch",
    async (_, objective) => {
      const { seen } = await steps(sourceOf(open(), { objective }), 12);
      for (const batch of seen.flat()) {
        for (const { lengths } of Object.values(batch.streams))
          for (const own of lengths) expect(own).toBeLessThanOrEqual(length);
        expect(documentsOf(batch).length).toBeGreaterThanOrEqual(8);
      }
      const all = seen.flat().flatMap(documentsOf);
      for (let at = 0; at < count; at++) {
        const times = all.filter((id) => id === 100 + at).length;
        expect(times).toBeGreaterThanOrEqual(Math.floor(all.length / count) - 1);
        expect(times).toBeLessThanOrEqual(Math.ceil(all.length / count) + 1);
      }
    },
  );

  test("whoever goes on from a cursor sees what would have followed, with the same draws", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }), async (stop, openRows) => {
        // Draws where it cuts a text.
        const options = { objective: prefixLm(), openRows, source: createTexts(open) };
        const whole = await steps(sourceOf(options.source, options), 8);
        const first = await steps(sourceOf(options.source, options), stop);
        const cursor = JSON.parse(JSON.stringify(first.cursor)) as Json;
        const rest = await steps(sourceOf(options.source, options), 8 - stop, { step: stop, cursor });
        expect([...first.seen, ...rest.seen]).toEqual(whole.seen);
        expect(rest.cursor).toEqual(whole.cursor);
      }),
      { numRuns: 8 },
    );
  });

  test("shards of a step are its rows, each once, and leave the same cursor", async () => {
    const whole = await steps(sourceOf(open()), 3);
    const ranks = [[0, 2], [1]].map((shards) => ({ shards, source: sourceOf(open()), cursor: null as Json }));
    for (let step = 0; step < 3; step++) {
      const parts: (readonly Batch[])[] = [];
      for (const rank of ranks) {
        const { batches, cursor } = await rank.source.step({ step, cursor: rank.cursor, shards: rank.shards, of: 3 });
        rank.cursor = cursor;
        for (const [at, shard] of rank.shards.entries()) parts[shard] = batches[at]!;
      }
      // Shards take parts from the beginning and from the end in turn.
      expect([parts[0]!, parts[2]!, parts[1]!].flat().flatMap(documentsOf)).toEqual(
        whole.seen[step]!.flatMap(documentsOf),
      );
      expect(ranks[0]!.cursor).toEqual(ranks[1]!.cursor);
    }
  });
});

/** The same examples as texts. */
function createTexts(open: () => ExampleSource): ExampleSource {
  const source = open();
  const textOf = ({ example, random }: ReturnType<ExampleSource["recall"]>) => ({
    example: "source" in example ? { tokens: [...example.source, ...example.target], ends: true } : example,
    random,
  });
  return {
    recall: (recalled) => textOf(source.recall(recalled)),
    open(cursor) {
      const feed = source.open(cursor);
      return {
        ...feed,
        async next() {
          const { drawn, recalled } = await feed.next();
          return { drawn: textOf(drawn), recalled };
        },
      };
    },
  };
}

test("micro-batches have at most so many examples, and all of the step", async () => {
  const whole = await steps(sourceOf(sources["in memory"]!()), 4);
  const cut = await steps(sourceOf(sources["in memory"]!(), { microBatchSize: 3 }), 4);
  for (const [at, batches] of cut.seen.entries()) {
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.flatMap(documentsOf)).toEqual(whole.seen[at]!.flatMap(documentsOf));
    for (const batch of batches) expect(batch.size === 1 || documentsOf(batch).length <= 3).toBe(true);
  }
});

test("an example that fits into no row is refused, and so are sizes that make no sense", async () => {
  const source = sources["in memory"]!();
  await expect(steps(sourceOf(source, { packing: 6 }), 1)).rejects.toThrow("rows are packed to 6; pack to");
  expect(() => sourceOf(source, { packing: 0 })).toThrow("positive integers, got 0");
  expect(() => sourceOf(source, { openRows: 0 })).toThrow("positive integers, got 0");
  expect(() => sourceOf(source, { batchSize: 0 })).toThrow("whole number of examples from 1, got 0");
});
