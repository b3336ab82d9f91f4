import { join } from "node:path";
import { cpu } from "@trivium/backend-tfjs";
import type { Files } from "@trivium/checkpoint";
import { folderFiles } from "@trivium/checkpoint/node";
import { pretrainedPlugins } from "@trivium/pretrained";
import { type AnyPlugin, createRegistry } from "@trivium/registry";
import { backend } from "@trivium/tensor";
import { describe, expect, test } from "vitest";
import { assertModelFits, weightBytes } from "./fit-model.ts";
import { huggingFacePlugin } from "./hugging-face.ts";
import { mergeRecipes, type Recipe, readRecipe } from "./index.ts";
import { openModel } from "./open-model.ts";
import { registry as runs } from "./testing/registry.ts";

const holding = (limitBytes: number) => ({ name: "small", memory: { limitBytes, freeBytes: () => limitBytes } });

describe("a model", () => {
  test("that a backend can hold is let through", () => {
    assertModelFits({ name: "tiny", weights: 1000, running: 500, backend: holding(5001) });
    assertModelFits({ name: "tiny", weights: 1000, backend: { name: "cpu" } });
  });

  test("that is too large is refused with the sizes and what would fit", () => {
    const fit = { name: "huge", weights: 7_000_000_000, running: 2_000_000, backend: holding(2 ** 32) };
    const words =
      /^huge has 7,000,000,000 weights, which take 28.0 GB as f32 and 0.00200 GB beside them; backend "small" has 3.87 GB for it. What fits are 965 million weights: take a smaller model$/;
    expect(() => assertModelFits(fit)).toThrow(words);
    const smaller = { ...fit, weights: 3_000_000_000, others: ["bf16", "q8"] as const };
    expect(() => assertModelFits(smaller)).toThrow(/As q8 they take 3.19 GB, which fits$/);
    assertModelFits({ ...smaller, type: "q8" });
  });

  test("that the machine cannot hold is refused where the backend knows no limit", () => {
    const fit = { name: "huge", weights: 1e15, backend: { name: "cpu" } };
    expect(() => assertModelFits(fit)).toThrow(/; this machine has .* GB for it/);
  });
});

test("32 weights of q8 take a scale of two bytes", () =>
  expect(weightBytes(32)).toEqual({ f32: 128, bf16: 64, q8: 34 }));

test("a folder is refused before a weight is read, and may be looked at without them", async () => {
  const small = backend("small", { ...cpu, ...holding(20_000) });
  const registry = createRegistry<AnyPlugin>([...runs.plugins, ...pretrainedPlugins, huggingFacePlugin, small]);
  const folder = folderFiles(join(import.meta.dirname, "../../pretrained/fixtures/gpt2"));
  const starts: number[] = [];
  const files: Files = {
    ...folder,
    read(path, range) {
      if (path.endsWith(".safetensors")) starts.push(range?.start ?? -1);
      return folder.read(path, range);
    },
  };
  const change = (recipe: Recipe) => readRecipe(mergeRecipes(recipe, { backend: { name: "small" } }));
  await expect(openModel(files, { registry, change })).rejects.toMatchObject({ code: "compose/model-memory" });
  const opened = await openModel(files, { registry, change, weights: false });
  expect([opened.parameters, Object.keys(opened.model.specs).length > 0]).toEqual([{}, true]);
  expect(new Set(starts)).toEqual(new Set([0, 8]));
});
