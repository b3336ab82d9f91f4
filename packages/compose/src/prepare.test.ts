import { createRandom } from "@trivium/core";
import { type Dataset, exampleLength } from "@trivium/data";
import { disposeTree } from "@trivium/tensor";
import { pairTokenizerFromJson } from "@trivium/text";
import { expect, test } from "vitest";
import { evaluateOptions } from "./evaluate-options.ts";
import { prepare, trainOptions } from "./prepare.ts";
import { prepareData, resolveDataset } from "./prepare-data.ts";
import { readRecipe } from "./recipe.ts";
import { resolveEngine, resolveTokenizer } from "./resolve.ts";
import { batchesAt } from "./testing/batches-at.ts";
import { registry, small } from "./testing/registry.ts";
import { trainingNotes } from "./training-notes.ts";

const dataOf = (given: object) => prepareData(readRecipe({ ...small, ...given }), registry);

test("the model is as long as the longest pair with some room, in eights", async () => {
  const { length, task, train, tokenizer } = await dataOf({});
  const longest = Math.max(...train.map((example) => exampleLength(example, tokenizer.special)));
  expect(task).toBe("pairs");
  expect(length % 8).toBe(0);
  expect(length - longest).toBeGreaterThanOrEqual(8);
  expect((await dataOf({ length: 40 })).length).toBe(40);
});

const long = { source: "a".repeat(900), target: "b" };

/** The words of "loud" with an overlong pair in a part. */
async function withLong(part: "train" | "test", tooLong?: Dataset["tooLong"]) {
  const data = async () => {
    const loud = await resolveDataset({ name: "loud" }, registry);
    return { ...loud, [part]: [...loud[part], long], tooLong, locate: async () => "words.tsv:21" };
  };
  return (given: object) => prepareData(readRecipe({ ...small, ...given }), registry, { load: data });
}

test("one overlong pair does not decide the length, and is refused with its place, left out or cut", async () => {
  const usual = await dataOf({});
  for (const part of ["train", "test"] as const) {
    await expect((await withLong(part))({})).rejects.toThrow(
      /^words\.tsv:21: the pair .* takes 90\d positions, the model has (\d+); 1 of \d+ are too long, .*--too-long skip .*--length 90\d takes all/,
    );
    const skipped = await (await withLong(part, "skip"))({});
    expect(skipped.train).toHaveLength(usual.train.length);
    expect(skipped.length).toBeLessThanOrEqual(128);
    expect(skipped.notes.at(-1)).toMatch(/^1 pair exceeds the length, \d+, and is left out; the longest takes 90\d$/);
    const cut = await (await withLong(part, "cut"))({});
    expect(cut.train.length + cut.heldOut("test").length).toBe(12 + 4 + 1);
    expect(cut.notes.at(-1)).toMatch(/and is cut;/);
  }
  expect((await (await withLong("train"))({ length: 1000 })).train).toHaveLength(13);
  // A recipe says it for every dataset, before the dataset does.
  const asked = await (await withLong("train", "cut"))({ tooLong: "skip" });
  expect([asked.tooLong, asked.train.length]).toEqual(["skip", usual.train.length]);
  await expect((await withLong("train", "cut"))({ tooLong: "error" })).rejects.toMatchObject({ code: "data/too-long" });
});

test("a batch, packed rows and a warm-up that the data or the steps cannot have are said", async () => {
  const said = async (given: object) => {
    const recipe = readRecipe({ ...small, ...given });
    return trainingNotes(recipe, await prepareData(recipe, registry));
  };
  const fitting = { batch: 12, steps: 10, packing: 40, schedule: { options: { warmupSteps: 10 } } };
  expect(await said(fitting)).toEqual([]);
  expect(await said({ ...fitting, batch: 13 })).toEqual([
    "warning: the batch of 13 exceeds the 12 training examples: each step takes all of them",
  ]);
  expect((await said({ ...fitting, packing: 4 })).join()).toMatch(
    /^warning: 12 of 12 examples exceed the 4 tokens of a/,
  );
  for (const name of ["warmup-cosine", "inverse-square-root"])
    expect(await said({ ...fitting, schedule: { name, options: { warmupSteps: 11 } } })).toEqual([
      "warning: the warm-up of 11 steps exceeds the run of 10: the learning rate never reaches its peak",
    ]);
  expect(await said({ ...fitting, schedule: { name: "constant" } })).toEqual([]);
});

test("tokens that the vocabulary lacks are noted with their share and the first of them, by part", async () => {
  const { notes } = await dataOf({ tokenizer: { name: "character", options: { alphabet: ["A"] } } });
  for (const part of ["training", "held-out"])
    expect(notes.join("\n")).toMatch(
      new RegExp(`^warning: \\d+ of \\d+ tokens of the ${part} data \\([\\d.]+ %\\) are unknown .*such as ".+"$`, "m"),
    );
  expect((await dataOf({ tokenizer: { name: "byte" } })).notes.join()).not.toContain("unknown");
});

test("what is done about overlong pairs is a part of the run, and without held-out data nothing is evaluated", async () => {
  const skip = await (await withLong("train", "skip"))({});
  const prepared = await prepare(small, registry, { data: { ...skip, heldOut: () => [] } });
  expect(prepared.identity).toMatchObject({ tooLong: "skip" });
  expect(evaluateOptions(prepared)).toBeUndefined();
});

test("text is cut into windows, held-out text too, where even a line of one letter is no trouble", async () => {
  const { task, length, tokenizer, heldOut } = await dataOf({ data: { name: "quiet" } });
  expect([task, length]).toEqual(["text", 128]);
  for (const { references, example } of [...heldOut("validation"), ...heldOut("test")]) {
    expect(references).toEqual([]);
    expect(exampleLength(example, tokenizer.special)).toBeGreaterThan(1);
  }
});

test("every right target of a held-out source is a reference, and parts are cut on request", async () => {
  const { heldOut } = await dataOf({});
  expect(heldOut("test", 3)).toHaveLength(3);
  const answers = heldOut("test").map(({ references }) => references);
  expect(answers).toHaveLength(4);
  for (const answer of answers) expect(answer).toHaveLength(2);
});

test("fewer examples are trained on, and all of them make the vocabulary", async () => {
  const [few, all] = [await dataOf({ examples: 5 }), await dataOf({})];
  expect([few.train.length, all.train.length]).toEqual([5, 12]);
  expect(few.tokenizer.size).toBe(all.tokenizer.size);
});

test("one tokenizer is for both sides; a side may have its own, and the other keeps what suits the data", async () => {
  const of = async (tokenizer: object) => (await dataOf({ tokenizer })).tokenizer.toJson();
  expect(await of({ name: "byte" })).toMatchObject({ name: "shared", tokenizer: { name: "byte" } });
  expect(await of({ source: { name: "byte" } })).toMatchObject({
    name: "disjoint",
    source: { name: "byte" },
    target: { name: "character" },
  });
  const both = { source: { name: "character" }, target: { name: "byte" } };
  expect(await of(both)).toMatchObject({ name: "disjoint", source: { name: "character" }, target: { name: "byte" } });
});

test("a tokenizer that was written down encodes as before", async () => {
  const { tokenizer } = await dataOf({});
  const again = pairTokenizerFromJson(JSON.parse(JSON.stringify(tokenizer.toJson())), resolveTokenizer(registry));
  expect(again.size).toBe(tokenizer.size);
  expect(again.encodeSource("woo")).toEqual(tokenizer.encodeSource("woo"));
});

test("a recipe without data says what there is", async () => {
  await expect(prepare({ backend: { name: "cpu" } }, registry)).rejects.toThrow(/names no data.*one of: loud, quiet/);
});

test("the model has the recipe's fields and what the data decides; data and engine may be shared", async () => {
  const { config, model, objective, data, engine } = await prepare({ ...small, architecture: "prefix" }, registry);
  const { length, tokenizer } = data;
  expect(config).toEqual({ ...small.model, vocabulary: tokenizer.size, length });
  expect(model.config).toMatchObject({ layers: 1, length });
  expect([objective.name, engine.attention.name]).toEqual(["prefix-lm", "reference"]);
  const other = await prepare({ ...small, architecture: "encoder-decoder" }, registry, { data, engine });
  expect(other.data).toBe(data);
  expect(other.engine).toBe(engine);
});

test("what cannot work is refused with every reason", async () => {
  await expect(prepare({ ...small, objective: { name: "seq2seq" } }, registry)).rejects.toMatchObject({
    code: "compose/refused",
  });
  await expect(prepare({ ...small, backend: { name: "smd" } }, registry)).rejects.toThrow(/no backend "smd"/);
});

test("how batches are formed is a part of the run, and its configuration begins with the recipe", async () => {
  const prepared = await prepare({ ...small, bucketBatches: 3, packing: 64 }, registry);
  const { identity, config } = trainOptions(prepared);
  const { fingerprint } = prepared.data.dataset;
  expect(identity).toMatchObject({ bucketBatches: 3, packing: 64, data: fingerprint, attention: "reference" });
  expect(identity?.schedule).toMatchObject({ name: "warmup-cosine", options: { steps: 4 } });
  expect(Object.keys(config ?? {})).toEqual(["recipe", "task"]);
  expect(await batchesAt(prepared, 0)).toHaveLength(1);
});

test("an evaluation within training ends with the signal, and leaves no numbers of a part", async () => {
  const engine = resolveEngine(readRecipe(small), registry);
  await engine.backend.activate();
  const prepared = await prepare(small, registry, { engine });
  const evaluated = async (signal: AbortSignal) => {
    const parameters = prepared.model.createParameters(createRandom(1));
    const metrics = await evaluateOptions(prepared, signal)?.run(parameters, 1);
    disposeTree(parameters);
    return metrics;
  };
  expect(await evaluated(new AbortController().signal)).toMatchObject({ targetLoss: expect.any(Number) });
  expect(await evaluated(AbortSignal.abort())).toEqual({});
});

test("examples that are not asked for decide no length", async () => {
  const data = async () => {
    const loud = await resolveDataset({ name: "loud" }, registry);
    return { ...loud, train: [...loud.train, { source: "a".repeat(60), target: "b".repeat(60) }] };
  };
  const lengthOf = async (given: object) =>
    (await prepareData(readRecipe({ ...small, ...given }), registry, { load: data })).length;
  expect(await lengthOf({})).toBeGreaterThan(120);
  expect(await lengthOf({ examples: 8 })).toBe((await dataOf({})).length);
});

test("rows wait for examples of later steps where that is asked for, and need a length", async () => {
  const { batches, identity } = await prepare({ ...small, packing: 24, openRows: 2, batch: 4 }, registry);
  expect(identity).toMatchObject({ packing: 24, openRows: 2 });
  const { cursor } = await batches.step({ step: 0, cursor: null, shards: [0], of: 1 });
  expect(cursor).toMatchObject({ open: expect.any(Array) });
  await expect(prepare({ ...small, openRows: 2 }, registry)).rejects.toThrow(
    "openRows: rows wait for examples where these are packed, got 2 without packing; say how long rows are (--packing 512)",
  );
});
