import { createRandom, type Json } from "@trivium/core";
import type { Batch, Example } from "@trivium/features";
import fc from "fast-check";
import { expect, test } from "vitest";
import { packExamples, unpackExamples } from "./packed-examples.ts";
import { createShuffledStream, firstCursor } from "./shuffled-stream.ts";
import { createStreamSource } from "./stream-source.ts";
import { type BlockPlace, firstBlock, type TokenSource } from "./token-source.ts";

/** A source of examples `[first], [first + 1], …` in blocks of these sizes, for ever. */
function countingSource(first: number, sizes: readonly number[], weight = 1): TokenSource & { opened: BlockPlace[] } {
  const opened: BlockPlace[] = [];
  return {
    weight,
    opened,
    async *blocks(from) {
      opened.push(from);
      let { epoch, at } = from;
      for (; ; epoch += 1, at = 0) {
        for (; at < sizes.length; at++) {
          const before = sizes.slice(0, at).reduce((sum, size) => sum + size, 0);
          const examples = Array.from({ length: sizes[at]! }, (_, index) => ({ tokens: [first + before + index] }));
          yield { from: { epoch, shard: 0, at, line: at }, examples: packExamples(examples) };
        }
      }
    },
  };
}

const objective = {
  features: (example: Example) => {
    const ids = "tokens" in example ? example.tokens : [];
    return {
      streams: { tokens: ids },
      targets: ids,
      lossWeights: ids.map(() => 1),
      prefixLength: 0,
      task: example.task,
    };
  },
};
const special = { end: [1], pad: 0, named: {}, frame: {} };
const sourceOf = (sources: readonly TokenSource[], batchSize: number, buffer: number) =>
  createStreamSource({ sources, buffer, batchSize, seed: 3, special, objective });

interface Place {
  readonly step: number;
  readonly cursor: Json;
}

const idsOf = (batches: readonly (readonly Batch[])[]): number[] =>
  batches.flatMap((shard) => shard.flatMap(({ targets }) => [...targets]));

async function steps(source: ReturnType<typeof sourceOf>, count: number, from: Place = { step: 0, cursor: null }) {
  const seen: number[][] = [];
  let { step, cursor } = from;
  for (let taken = 0; taken < count; taken++, step++) {
    const { batches, cursor: next } = await source.step({ step, cursor, shards: [0], of: 1 });
    seen.push(idsOf(batches));
    cursor = next;
  }
  return { seen, step, cursor };
}

const sizes = fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }).filter((all) => all.some((size) => size > 0));

test("whoever goes on from a cursor sees what would have followed, wherever the run was stopped", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ one: sizes, other: sizes, buffer: fc.integer({ min: 1, max: 12 }) }),
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      async ({ one, other, buffer }, batch, stops) => {
        const open = () => sourceOf([countingSource(100, one, 2), countingSource(500, other)], batch, buffer);
        const whole = await steps(
          open(),
          stops.reduce((sum, stop) => sum + stop, 0),
        );
        let place: Place = { step: 0, cursor: null };
        const seen: number[][] = [];
        for (const stop of stops) {
          const part = await steps(open(), stop, {
            step: place.step,
            cursor: JSON.parse(JSON.stringify(place.cursor)),
          });
          seen.push(...part.seen);
          place = part;
        }
        expect(seen).toEqual(whole.seen);
        expect(place.cursor).toEqual(whole.cursor);
      },
    ),
    { numRuns: 60 },
  );
});

test("the memory of a block is given back with its last example", async () => {
  const examples = packExamples([{ tokens: [1] }, { tokens: [2] }]);
  const source: TokenSource = {
    weight: 1,
    async *blocks() {
      yield { from: firstBlock, examples };
      for (;;) yield { from: { ...firstBlock, epoch: 1 }, examples: packExamples([{ tokens: [3] }]) };
    },
  };
  const stream = createShuffledStream(source, { buffer: 8, random: createRandom(1), from: firstCursor });
  await stream.next();
  expect(examples.ids).toHaveLength(2);
  await stream.next();
  expect(examples.ids).toHaveLength(0);
});

test("an epoch gives every example once, in an order that the next one does not have", async () => {
  const { seen } = await steps(sourceOf([countingSource(10, [4, 0, 7, 9])], 5, 8), 8);
  const [first, second] = [seen.flat().slice(0, 20), seen.flat().slice(20)];
  const all = Array.from({ length: 20 }, (_, at) => 10 + at);
  expect([...first].sort((a, b) => a - b)).toEqual(all);
  expect([...second].sort((a, b) => a - b)).toEqual(all);
  expect(first).not.toEqual(second);
  expect(first).not.toEqual(all);
});

test("shards of a step, whoever asks for them, are its examples, each once, and leave the same cursor", async () => {
  const open = () => sourceOf([countingSource(10, [3, 8, 5])], 7, 4);
  const whole = await steps(open(), 5);
  const ranks = [[0, 2], [1]].map((shards) => ({ shards, source: open(), cursor: null as Json }));
  for (let step = 0; step < 5; step++) {
    const parts: Batch[][] = [];
    for (const rank of ranks) {
      const { batches, cursor } = await rank.source.step({ step, cursor: rank.cursor, shards: rank.shards, of: 3 });
      rank.cursor = cursor;
      for (const [at, shard] of rank.shards.entries()) parts[shard] = [...batches[at]!];
    }
    // Shards take parts from the beginning and from the end in turn.
    expect(idsOf([parts[0]!, parts[2]!, parts[1]!])).toEqual(whole.seen[step]);
    expect(ranks[0]!.cursor).toEqual(ranks[1]!.cursor);
  }
  expect(ranks[0]!.cursor).toEqual(whole.cursor);
});

test("after any number of examples each source has given its share, up to one", async () => {
  const weights = [5, 2, 1];
  const sources = weights.map((weight, at) => countingSource(1000 * (at + 1), [20, 20], weight));
  const { seen } = await steps(sourceOf(sources, 1, 4), 200);
  const given = [0, 0, 0];
  for (const [taken, [id]] of seen.entries()) {
    given[Math.floor(id! / 1000) - 1]! += 1;
    for (const [at, weight] of weights.entries())
      expect(Math.abs(given[at]! - ((taken + 1) * weight) / 8)).toBeLessThanOrEqual(1);
  }
});

test("examples have the task of their source", async () => {
  const sources = [{ ...countingSource(10, [6], 1), task: "sort" }, countingSource(20, [6], 1)];
  const { batches } = await sourceOf(sources, 6, 1).step({ step: 0, cursor: null, shards: [0], of: 1 });
  const [batch] = batches.flat() as [Batch];
  expect(batch.tasks).toEqual([...batch.targets].map((id) => (id < 20 ? "sort" : undefined)));
});

test("a step that is asked for again is read again, from the beginning of its group", async () => {
  const source = countingSource(10, [6, 6]);
  const stream = sourceOf([source], 4, 6);
  const { cursor } = await steps(stream, 2);
  const [once, again] = [await steps(stream, 1, { step: 2, cursor }), await steps(stream, 1, { step: 2, cursor })];
  expect(again.seen).toEqual(once.seen);
  expect(source.opened).toEqual([firstBlock, { epoch: 0, shard: 0, at: 1, line: 1 }]);
});

test("no batch, no buffer and no weight is refused", () => {
  const source = countingSource(1, [1]);
  expect(() => sourceOf([source], 0, 1)).toThrow("batchSize is a whole number from 1, got 0");
  expect(() => sourceOf([source], 1, 0.5)).toThrow("the shuffle buffer is a whole number of examples from 1, got 0.5");
  expect(() => sourceOf([], 1, 1)).toThrow("at least one source");
  expect(() => sourceOf([{ ...source, weight: 0 }], 1, 1)).toThrow("weight above 0, got [0]");
});

test("examples come out of their arrays as they went in", () => {
  const ids = fc.array(fc.nat(70_000), { maxLength: 5 });
  const example = fc.oneof(
    fc.record({ source: ids, target: ids }),
    fc.record({ tokens: ids, ends: fc.constantFrom(true, undefined), sentences: fc.option(ids, { nil: undefined }) }),
  );
  fc.assert(
    fc.property(fc.array(example), (examples) => {
      expect(unpackExamples(packExamples(examples))).toEqual(examples);
    }),
  );
});
