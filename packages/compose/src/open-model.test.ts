import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blobFiles } from "@trivium/checkpoint";
import { folderFiles, latestCheckpoint, writeCheckpoint } from "@trivium/checkpoint/node";
import { createRegistry } from "@trivium/registry";
import { disposeTree, flattenTree, type ParameterTree, tf } from "@trivium/tensor";
import { consume, train } from "@trivium/trainer";
import { createFolderStore } from "@trivium/trainer/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { modelFormat, openModel } from "./open-model.ts";
import { prepare, trainOptions } from "./prepare.ts";
import { readRecipe } from "./recipe.ts";
import { resolveEngine } from "./resolve.ts";
import { assertResumable } from "./run-folder.ts";
import { registry, small } from "./testing/registry.ts";

let directory: string;
let trained: Readonly<Record<string, Float32Array>>;

const valuesOf = (tree: ParameterTree) =>
  Object.fromEntries(Object.entries(flattenTree(tree)).map(([path, leaf]) => [path, leaf.dataSync() as Float32Array]));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "trivium-open-"));
  const engine = resolveEngine(readRecipe(small), registry);
  await engine.backend.activate();
  const prepared = await prepare({ ...small, architecture: "prefix" }, registry, { engine });
  const checkpoint = { store: createFolderStore({ directory }), every: 4 };
  const { parameters } = await consume(train({ ...trainOptions(prepared), checkpoint }));
  trained = valuesOf(parameters);
  disposeTree(parameters);
});
afterAll(() => rm(directory, { recursive: true }));

test("a run folder opens with everything that its recipe names, and nothing is drawn", async () => {
  const before = tf.memory().numTensors;
  const opened = await openModel(folderFiles(directory), { registry });
  expect(valuesOf(opened.parameters)).toEqual(trained);
  expect(opened).toMatchObject({ step: 4, task: "pairs", warnings: [], name: directory });
  expect([opened.objective.name, opened.recipe.architecture]).toEqual(["prefix-lm", "prefix"]);
  expect(opened.tokenizer.decodeTarget(opened.tokenizer.encodeTarget("W1"))).toBe("W1");
  expect(opened.length).toBe(opened.model.config.length);
  expect(tf.memory().numTensors - before).toBe(Object.keys(trained).length);
  disposeTree(opened.parameters);
});

test("config.json says at its top what the run is", async () => {
  const { checkpoint } = await latestCheckpoint(directory);
  const config = checkpoint?.json("config.json") as Record<string, unknown>;
  expect(Object.keys(config).slice(0, 4)).toEqual(["recipe", "task", "data", "tokenizer"]);
  expect(config).toMatchObject({ model: { width: 8 }, tokenizer: { name: "disjoint" }, architecture: "prefix" });
});

test("files that were dropped onto a page open as a folder does", async () => {
  const paths = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const blobs = paths.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(directory.length + 1), new Blob([await readFile(path)])] as const;
  });
  const files = blobFiles("dropped", Object.fromEntries(await Promise.all(blobs)));
  const opened = await openModel(files, { registry });
  expect(valuesOf(opened.parameters)).toEqual(trained);
  disposeTree(opened.parameters);
});

test("a checkpoint opens without its run, and without its manifest", async () => {
  const { checkpoint } = await latestCheckpoint(directory);
  const folder = checkpoint?.path ?? "";
  const two = ["model.safetensors", "config.json"] as const;
  const blobs = await Promise.all(two.map(async (name) => [name, new Blob([await readFile(join(folder, name))])]));
  for (const [files, step] of [
    [folderFiles(folder), 4],
    [blobFiles("dropped", Object.fromEntries(blobs)), 0],
  ] as const) {
    const opened = await openModel(files, { registry });
    expect(valuesOf(opened.parameters)).toEqual(trained);
    expect([opened.step, opened.objective.name]).toEqual([step, "prefix-lm"]);
    disposeTree(opened.parameters);
  }
});

test("the caller changes the engine, and loads the plugins that the recipe names", async () => {
  const asked: (readonly string[])[] = [];
  const opened = await openModel(folderFiles(directory), {
    registry,
    load: async (plugins) => {
      asked.push(plugins);
      return registry;
    },
    change: (recipe) => ({ ...recipe, attention: { name: "blockwise" } }),
  });
  expect([opened.engine.attention.name, asked]).toEqual(["blockwise", [[]]]);
  disposeTree(opened.parameters);
});

/** A run whose newest checkpoint has that configuration, or those weights, instead of its own. */
async function altered(config: (own: Record<string, unknown>) => unknown, shape?: number[]) {
  const folder = await mkdtemp(join(tmpdir(), "trivium-altered-"));
  const { checkpoint } = await latestCheckpoint(directory);
  const own = checkpoint?.arrays("model.safetensors") ?? {};
  const wrong = { dtype: "F32" as const, shape: [1], data: Float32Array.of(1) };
  const model = shape ? { ...own, [Object.keys(own)[0] as string]: wrong } : own;
  const content = config(checkpoint?.json("config.json") as Record<string, unknown>);
  await writeCheckpoint(folder, { step: 1, files: { "model.safetensors": model, "config.json": content } });
  return folder;
}

test.each([
  [
    "the layout of before recipes",
    () => altered(({ recipe, ...own }) => ({ ...own, cli: { settings: {} } })),
    /was trained by a version without recipes; train it again, or use it with the version that made it$/,
  ],
  ["no recipe", () => altered(() => ({})), /does not say how its model was trained \(recipe: /],
  ["weights of another shape", () => altered((own) => own, [1]), /model does not fit: \S+ should be \[/],
])("a run with %s is refused in one line that says what to do", async (_, make, message) => {
  const folder = await make();
  const before = tf.memory().numTensors;
  await expect(openModel(folderFiles(folder), { registry })).rejects.toThrow(message);
  expect(tf.memory().numTensors).toBe(before);
  await rm(folder, { recursive: true });
});

test("a run of before recipes is refused for a resume too, and other runs are not", async () => {
  const folder = await altered(({ recipe, ...own }) => ({ ...own, cli: { settings: {} } }));
  await expect(assertResumable(folderFiles(folder))).rejects.toMatchObject({ code: "compose/run-of-before" });
  await rm(folder, { recursive: true });
  await assertResumable(folderFiles(directory));
});

test("a folder without a model is refused, naming the formats; one of the user's is asked too", async () => {
  const folder = await mkdtemp(join(tmpdir(), "trivium-none-"));
  const refusal = openModel(folderFiles(folder), { registry });
  await expect(refusal).rejects.toThrow(/holds no whole checkpoint of a run, .*; formats: run-folder/);
  await writeFile(join(folder, "mine.bin"), "");
  const mine = modelFormat("mine", {
    recognises: async (files) => (await files.list()).includes("mine.bin"),
    open: async () => ({ name: "opened by mine" }) as never,
  });
  const own = createRegistry([...registry.plugins, mine]);
  expect(await openModel(folderFiles(folder), { registry: own })).toEqual({ name: "opened by mine" });
  await rm(folder, { recursive: true });
});
