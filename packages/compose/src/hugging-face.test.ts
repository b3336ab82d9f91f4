import { join } from "node:path";
import { simdPlugin } from "@trivium/backend-simd";
import { blobFiles } from "@trivium/checkpoint";
import { folderFiles } from "@trivium/checkpoint/node";
import { pretrainedPlugins } from "@trivium/pretrained";
import { type AnyPlugin, createRegistry } from "@trivium/registry";
import { disposeTree, isPacked, type Weight } from "@trivium/tensor";
import { describe, expect, test } from "vitest";
import { huggingFacePlugin } from "./hugging-face.ts";
import { mergeRecipes, type Recipe, readRecipe, streamText } from "./index.ts";
import { openModel } from "./open-model.ts";
import type { OpenedModel } from "./opened-model.ts";
import { registry as runs } from "./testing/registry.ts";

const plugins: AnyPlugin[] = [...runs.list("architecture"), ...runs.list("backend"), ...runs.list("attention")];
const registry = createRegistry<AnyPlugin>([
  ...plugins,
  ...runs.list("objective"),
  ...runs.list("tokenizer"),
  ...pretrainedPlugins,
  huggingFacePlugin,
]);
const folderOf = (name: string) => folderFiles(join(import.meta.dirname, "../../pretrained/fixtures", name));

const open = (name: string, more: object = {}): Promise<OpenedModel> =>
  openModel(folderOf(name), {
    registry,
    change: (recipe) => readRecipe(mergeRecipes(recipe, { backend: { name: "cpu" }, ...more })),
  });

const onSimd = (recipe: Recipe): Recipe => readRecipe(mergeRecipes(recipe, { backend: { name: "simd" } }));

async function answer(opened: OpenedModel, prompt: string): Promise<string> {
  let whole = "";
  for await (const text of streamText(opened, prompt, { tokens: 4 })) whole += text;
  return whole;
}

test("a causal folder opens and answers; without a tokenizer in ids, which is said", async () => {
  const opened = await open("gpt2");
  expect(opened).toMatchObject({ task: "text", step: 0, length: 64, objective: { name: "causal-lm" } });
  expect(opened.warnings).toEqual([expect.stringMatching(/has no tokenizer that can be read/)]);
  expect(await answer(opened, "5 6 7")).toMatch(/^( \d+){4}$/);
  disposeTree(opened.parameters);
});

test("the same folder is read through the prefix mask, with the same parameters", async () => {
  const [causal, prefix] = [await open("llama"), await open("llama", { architecture: "prefix" })];
  expect(prefix.objective.name).toBe("prefix-lm");
  expect(Object.keys(prefix.model.specs)).toEqual(Object.keys(causal.model.specs));
  for (const { parameters } of [causal, prefix]) disposeTree(parameters);
});

test("an encoder-decoder opens as pairs", async () => {
  const opened = await open("t5-v1_0");
  expect(opened).toMatchObject({ task: "pairs", objective: { name: "seq2seq" } });
  expect(opened.tokenizer.special.frame.target).toEqual({ start: 0, before: [], after: [3] });
  expect((await answer(opened, "5 6 7")).length).toBeGreaterThan(0);
  disposeTree(opened.parameters);
});

describe("refused in a line", () => {
  test("an architecture of other streams", async () => {
    await expect(open("gpt2", { architecture: "encoder-decoder" })).rejects.toMatchObject({ code: "compose/streams" });
  });

  test("a folder of another kind, and a checkpoint of a run", async () => {
    const other = blobFiles("x", { "config.json": new Blob(["{}"]), "manifest.json": new Blob(["{}"]) });
    await expect(openModel(other, { registry })).rejects.toMatchObject({ code: "compose/unknown-format" });
    const foreign = blobFiles("x", { "config.json": new Blob(['{"model_type": "bert"}']) });
    await expect(openModel(foreign, { registry })).rejects.toThrow(/"bert"; families that can be read: gpt2/);
  });
});

describe("weights in fewer bits", () => {
  test("are held as they were asked for, and the model answers", async () => {
    const packing = createRegistry<AnyPlugin>([...registry.plugins, simdPlugin]);
    const opened = await openModel(folderOf("gpt2"), { registry: packing, change: onSimd, weights: "bf16" });
    const { embedding } = opened.parameters as { embedding: { weight: Weight } };
    expect(isPacked(embedding.weight)).toBe(true);
    expect(await answer(opened, "5 6 7")).toMatch(/^( \d+){4}$/);
    disposeTree(opened.parameters);
  });

  test("are refused by name on a backend that has no kernels for them", async () => {
    const asked = openModel(folderOf("gpt2"), {
      registry,
      change: (recipe) => readRecipe(mergeRecipes(recipe, { backend: { name: "cpu" } })),
      weights: "q8",
    });
    await expect(asked).rejects.toMatchObject({ code: "tensor/weights" });
  });
});
