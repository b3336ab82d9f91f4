import type { Example, PairExample } from "@trivium/features";
import { causalLm, prefixLm, seq2seq } from "@trivium/objectives";
import { reservedSpecials } from "@trivium/text";
import { expect, test } from "vitest";
import { createBatchSource } from "./batch-source.ts";
import { evaluationBatches } from "./evaluation-batches.ts";

const pairs: Example[] = Array.from({ length: 50 }, (_, at) => ({
  source: Array.from({ length: 1 + (at % 9) }, (_, place) => 10 + place),
  target: [100 + at, ...Array.from({ length: at % 5 }, () => 7)],
}));
const texts: Example[] = Array.from({ length: 50 }, (_, at) => ({
  tokens: Array.from({ length: 8 }, (_, place) => 100 + at + place),
}));
const special = reservedSpecials();
const objectives = { causal: causalLm({ loss: "target" }), prefix: prefixLm(), encoderDecoder: seq2seq() };

/** The ids that carry loss, row by row. */
const supervised = ({ batches }: ReturnType<typeof createBatchSource>, step: number) =>
  batches(step).flatMap(({ size, targets, lossWeights }) => {
    const length = targets.length / size;
    return Array.from({ length: size }, (_, row) =>
      [...targets.slice(row * length, (row + 1) * length)].filter((_, at) => lossWeights[row * length + at] !== 0),
    );
  });

test("every architecture trains on the same target tokens in the same order", () => {
  const [causal, prefix, encoderDecoder] = Object.values(objectives).map((objective) =>
    createBatchSource({ special, examples: pairs, objective, batchSize: 8, seed: 5 }),
  ) as [
    ReturnType<typeof createBatchSource>,
    ReturnType<typeof createBatchSource>,
    ReturnType<typeof createBatchSource>,
  ];
  for (let step = 0; step < 20; step++) {
    expect(prefix.exampleIndices(step)).toEqual(causal.exampleIndices(step));
    expect(supervised(prefix, step)).toEqual(supervised(causal, step));
    expect(supervised(encoderDecoder, step)).toEqual(supervised(causal, step));
  }
});

test("a text is cut at the same place for prefix and encoder-decoder, at another one in another epoch", () => {
  const make = (objective: (typeof objectives)["prefix"] | (typeof objectives)["encoderDecoder"]) =>
    createBatchSource({ special, examples: texts, objective, batchSize: 50, seed: 5 });
  const [prefix, encoderDecoder] = [make(objectives.prefix), make(objectives.encoderDecoder)];
  expect(prefix.batchesPerEpoch).toBe(1);
  for (const step of [0, 1]) expect(supervised(prefix, step)).toEqual(supervised(encoderDecoder, step));
  const cuts = (step: number) => {
    const lengths = prefix.batches(step)[0]?.prefixLengths as number[];
    return new Map(prefix.exampleIndices(step).map((index, row) => [index, lengths[row]]));
  };
  const [first, second] = [cuts(0), cuts(1)];
  expect([...first].filter(([index, length]) => second.get(index) !== length).length).toBeGreaterThan(20);
});

test("a step asked for alone is the step of an undisturbed run", () => {
  const make = () =>
    createBatchSource({ special, examples: texts, objective: objectives.prefix, batchSize: 8, seed: 1 });
  const undisturbed = make();
  const all = Array.from({ length: 30 }, (_, step) => undisturbed.batches(step));
  for (const step of [29, 3, 17]) expect(make().batches(step)).toEqual(all[step]);
});

test("micro-batches are the batch in parts, each padded to its own length", () => {
  const options = { special, examples: pairs, objective: objectives.causal, batchSize: 8, seed: 1 };
  const [whole, parts] = [createBatchSource(options), createBatchSource({ ...options, microBatchSize: 3 })];
  expect(parts.batches(4).map(({ size }) => size)).toEqual([3, 3, 2]);
  expect(supervised(parts, 4)).toEqual(supervised(whole, 4));
  const length = (at: number) => parts.batches(4)[at]?.streams.tokens?.length as number;
  expect(length(0)).toBeLessThan(length(2));
  expect(() => createBatchSource({ ...options, microBatchSize: 0 })).toThrow("microBatchSize is a whole number");
});

test("packed batches hold the same examples in fewer slots, micro-batch by micro-batch", () => {
  const options = {
    special,
    examples: pairs,
    objective: objectives.encoderDecoder,
    batchSize: 24,
    seed: 1,
    microBatchSize: 12,
  };
  const [alone, packed] = [createBatchSource(options), createBatchSource({ ...options, packing: 32 })];
  expect(packed.exampleIndices(1)).toEqual(alone.exampleIndices(1));
  const flat = (source: typeof alone) => supervised(source, 1).flat();
  expect(flat(packed).sort()).toEqual(flat(alone).sort());
  packed.batches(1).forEach((batch, at) => {
    const other = alone.batches(1)[at]!;
    expect([batch.seenTokens, batch.supervisedTokens]).toEqual([other.seenTokens, other.supervisedTokens]);
    expect(batch.streams.source!.documents!.flat()).toHaveLength(12);
    expect(batch.targets.length).toBeLessThan(other.targets.length);
  });
  expect(() => createBatchSource({ ...options, packing: 32, padding: "left" })).toThrow("padded on the right");
  expect(() => createBatchSource({ ...options, packing: 0 })).toThrow("the length of packed rows is a positive");
});

test("shards are the batch in consecutive parts, whoever asks for them", async () => {
  const options = { examples: pairs, special, objective: objectives.causal, batchSize: 8, seed: 1 };
  const source = createBatchSource({ ...options, microBatchSize: 2 });
  const all = await source.step({ step: 4, cursor: null, shards: [0, 1, 2], of: 3 });
  expect(all.cursor).toBeNull();
  expect(all.batches.map((shard) => shard.map(({ size }) => size))).toEqual([[2], [2, 1], [2, 1]]);
  // Shards take parts from the beginning and from the end in turn.
  const inOrder = [0, 2, 1].map((shard) => all.batches[shard]!);
  const rows = inOrder.flatMap((shard) => supervised({ ...source, batches: () => shard }, 4));
  expect(rows).toEqual(supervised(source, 4));
  const { batches } = await source.step({ step: 4, cursor: null, shards: [2], of: 3 });
  expect(batches).toEqual([all.batches[2]]);
});

test("padded lengths can be rounded up, and rows padded on the left", () => {
  const options = { special, examples: pairs, objective: objectives.causal, batchSize: 8, seed: 1, multipleOf: 8 };
  const [batch] = createBatchSource({ ...options, padding: "left" }).batches(0);
  const { ids, length, lengths } = batch!.streams.tokens!;
  expect(length % 8).toBe(0);
  expect([...ids.slice(0, length - lengths[0]!)]).toEqual(Array(length - lengths[0]!).fill(0));
});

test("evaluation sees every example once, longest batch first, and the same twice", () => {
  const evaluate = () => [
    ...evaluationBatches({ special, examples: pairs, objective: objectives.prefix, batchSize: 16 }),
  ];
  const batches = evaluate();
  expect(batches.flatMap(({ indices }) => indices).sort((a, b) => a - b)).toEqual([...Array(50).keys()]);
  const lengths = batches.map(({ batch }) => batch.streams.tokens?.length as number);
  expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
  expect(evaluate()).toEqual(batches);
});

test("each row of a batch is the example that its index names", () => {
  const options = { special, examples: pairs, objective: objectives.encoderDecoder };
  const check = (indices: readonly number[], rows: readonly number[][]) =>
    expect(rows).toEqual(indices.map((index) => [...(pairs[index] as PairExample).target, 3]));
  const source = createBatchSource({ ...options, batchSize: 6, seed: 2 });
  check(source.exampleIndices(3), supervised(source, 3));
  for (const { indices, batch } of evaluationBatches({ ...options, batchSize: 7 })) {
    check(indices, supervised({ ...source, batches: () => [batch] }, 0));
  }
});
