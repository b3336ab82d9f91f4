import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simdPlugin } from "@trivium/backend-simd";
import { folderFiles } from "@trivium/checkpoint/node";
import { pretrainedPlugins } from "@trivium/pretrained";
import { type AnyPlugin, createRegistry } from "@trivium/registry";
import { disposeTree, flattenTree, mapTree, type ParameterTree, type Tensor, tf } from "@trivium/tensor";
import { consume, createMemoryStore, train } from "@trivium/trainer";
import { createFolderStore } from "@trivium/trainer/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { huggingFacePlugin } from "./hugging-face.ts";
import { mergeRecipes, readRecipe } from "./index.ts";
import { openModel } from "./open-model.ts";
import type { OpenedModel } from "./opened-model.ts";
import { prepare, trainOptions } from "./prepare.ts";
import { registry as runs, small } from "./testing/registry.ts";

const registry = createRegistry<AnyPlugin>([...runs.plugins, simdPlugin, ...pretrainedPlugins, huggingFacePlugin]);
const fixture = (name: string) => join(import.meta.dirname, "../../pretrained/fixtures", name);
const simd = { name: "simd", options: { threads: 1 } };
const recipe = { data: { name: "ids" }, backend: simd, steps: 2, batch: 4, schedule: { name: "constant" } };

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "trivium-from-"));
});
afterAll(() => rm(directory, { recursive: true }));

const open = (path: string, more: object = {}): Promise<OpenedModel> =>
  openModel(folderFiles(path), {
    registry,
    change: (own) => readRecipe(mergeRecipes(own, { backend: simd, ...more })),
  });

const valuesOf = (tree: ParameterTree) =>
  Object.fromEntries(Object.entries(flattenTree(tree)).map(([path, leaf]) => [path, [...leaf.dataSync()]]));

/** Trains and returns the parameters before and after. */
async function finetune(base: OpenedModel, more: object = {}, store = createMemoryStore()) {
  const before = valuesOf(base.parameters);
  const prepared = await prepare({ ...recipe, ...more }, registry, { base });
  const { parameters } = await consume(train({ ...trainOptions(prepared), checkpoint: { store } }));
  const after = valuesOf(parameters);
  disposeTree(parameters);
  return { before, after, prepared, store };
}

test.each(["gpt2", "llama", "t5-v1_1", "bart"])(
  "%s goes on from its parameters, with its configuration and tokenizer",
  async (name) => {
    const base = await open(fixture(name));
    const { model, tokenizer } = base;
    const { before, after, prepared, store } = await finetune(base);
    expect(prepared.model.config).toEqual(model.config);
    expect(prepared.data.tokenizer).toBe(tokenizer);
    expect(Object.keys(after)).toEqual(expect.arrayContaining(Object.keys(before)));
    const moved = Object.keys(before).filter((path) => String(before[path]) !== String(after[path]));
    expect(moved).toContain("embedding.weight");
    // Steps of a small rate leave them near.
    for (const [path, values] of Object.entries(after))
      for (const [at, value] of values.entries())
        expect(Math.abs(value - (before[path]?.[at] as number))).toBeLessThan(0.01);
    const { config } = store.newest() ?? {};
    expect(config).toMatchObject({
      recipe: { from: fixture(name) },
      from: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  },
);

test("a run goes on as another run, whose rows may be shorter and whose mask another one", async () => {
  const store = createFolderStore({ directory: join(directory, "first") });
  const first = await prepare({ ...small, backend: simd, architecture: "causal" }, registry);
  await first.engine.backend?.activate();
  disposeTree((await consume(train({ ...trainOptions(first), checkpoint: { store } }))).parameters);
  const base = await open(join(directory, "first"), { architecture: "prefix", objective: {} });
  const length = base.length - 8;
  const { prepared, before, after } = await finetune(base, { data: { name: "loud" }, length });
  expect([prepared.objective.name, prepared.data.length, prepared.model.length]).toEqual([
    "prefix-lm",
    length,
    base.length,
  ]);
  expect(Object.keys(after)).toEqual(Object.keys(before));
});

test("a resume finds the same weights, whatever their folder is called, and refuses others", async () => {
  const { store } = await finetune(await open(fixture("llama")));
  const resume = async (change: (leaf: Tensor, path: string) => Tensor) => {
    const base = await open(fixture("llama"));
    const parameters = mapTree(base.parameters, change);
    const again = await prepare({ ...recipe, from: "elsewhere", steps: 3 }, registry, {
      base: { ...base, parameters },
    });
    return consume(train({ ...trainOptions(again), checkpoint: { store }, resume: true }));
  };
  const { step, parameters } = await resume((leaf) => leaf);
  expect(step).toBe(3);
  disposeTree(parameters);
  const altered = resume((leaf, path) => (path === "head.weight" ? tf.add(leaf, 1) : leaf));
  await expect(altered).rejects.toThrow(/from\.hash was "[0-9a-f]{56}/);
});

describe("what contradicts the model is refused by name", () => {
  test.each([
    [{ model: { width: 64 } }, /^model\.width: .*gpt2 has 16, got 64; leave it out, or train a new model without from/],
    [{ model: { positions: "rotary" as const } }, /^model\.positions/],
    [{ tokenizer: { name: "byte" } }, /^tokenizer: .*has a tokenizer of its own/],
    [{ length: 65 }, /^length: .*gpt2 has 64 positions, got 65/],
    [
      { architecture: "encoder-decoder" },
      /a causal checkpoint has the parameters of \[tokens\], and encoder-decoder .* never trained/,
    ],
    [{ freeze: ["heads"] }, /"heads" fits no parameter: the \d+ paths are/],
    [{ freeze: ["*"] }, /^freeze: \* selects every parameter/],
  ])("%o", async (more, message) => {
    const base = await open(fixture("gpt2"));
    await expect(prepare({ ...recipe, ...more }, registry, { base })).rejects.toThrow(message);
    disposeTree(base.parameters);
  });

  test("a recipe that goes on from a model which was not opened", async () => {
    await expect(prepare({ ...recipe, from: "gpt2" }, registry)).rejects.toMatchObject({ code: "compose/from" });
  });
});

test("dropout is the training's own", async () => {
  const base = await open(fixture("gpt2"));
  const { model } = await prepare({ ...recipe, model: { dropout: 0.25 } }, registry, { base });
  expect(model.config).toEqual({ ...base.model.config, dropout: 0.25 });
  disposeTree(base.parameters);
});

test("frozen parameters keep their bits and have neither state nor decay; all others move", async () => {
  const freeze = ["embed*", "tokens.layers.0", "**.gain"];
  const options = { freeze, optimizer: { name: "adam-w", options: { weightDecay: 0.5 } } };
  const { before, after, store, prepared } = await finetune(await open(fixture("llama")), options);
  const isFrozen = (path: string) => /^embedding|^tokens\.layers\.0\.|\.gain$/.test(path);
  for (const path of Object.keys(before)) {
    if (isFrozen(path)) expect(after[path], path).toEqual(before[path]);
    else expect(after[path], path).not.toEqual(before[path]);
  }
  const kept = Object.keys(store.newest()?.optimizer ?? {});
  expect(kept).toEqual(expect.arrayContaining(["m.head.weight", "v.head.weight"]));
  expect(kept.filter((name) => isFrozen(name.slice(2)))).toEqual([]);
  const base = await open(fixture("llama"));
  const { memory } = await prepare(recipe, registry, { base });
  expect(prepared.memory?.bytes).toBeLessThan(memory?.bytes as number);
  disposeTree(base.parameters);
});
