import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simdPlugin } from "@trivium/backend-simd";
import { blobFiles } from "@trivium/checkpoint";
import { folderFiles } from "@trivium/checkpoint/node";
import { exportPeft, pretrainedPlugins } from "@trivium/pretrained";
import { type AnyPlugin, createRegistry } from "@trivium/registry";
import { disposeTree, flattenTree, mapTree, type ParameterTree, tf } from "@trivium/tensor";
import { consume, train } from "@trivium/trainer";
import { createFolderStore } from "@trivium/trainer/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluateOptions } from "./evaluate-options.ts";
import { huggingFacePlugin } from "./hugging-face.ts";
import {
  familiesOf,
  mergeRecipes,
  type OpenedModel,
  type OpenModelOptions,
  openModel,
  type Prepared,
  readRecipe,
  withAdapter,
} from "./index.ts";
import { prepare, trainOptions } from "./prepare.ts";
import { registry as runs } from "./testing/registry.ts";

const registry = createRegistry<AnyPlugin>([...runs.plugins, simdPlugin, ...pretrainedPlugins, huggingFacePlugin]);
const llama = join(import.meta.dirname, "../../pretrained/fixtures/llama");
const simd = { name: "simd", options: { threads: 1 } };
const recipe = {
  data: { name: "ids" },
  backend: simd,
  steps: 2,
  batch: 4,
  schedule: { name: "constant" },
  lora: { rank: 2, alpha: 4 },
};

let directory: string;
let prepared: Prepared;
/** The base's values before the training, and the loss of its evaluation at the end. */
let before: Readonly<Record<string, readonly number[]>>;
let losses: number[];

const valuesOf = (tree: ParameterTree) =>
  Object.fromEntries(Object.entries(flattenTree(tree)).map(([path, leaf]) => [path, [...leaf.dataSync()]]));

const open = (path: string, options: Partial<OpenModelOptions> = {}): Promise<OpenedModel> =>
  openModel(folderFiles(path), {
    registry,
    change: (own) => readRecipe(mergeRecipes(own, { backend: simd })),
    ...options,
  });
const base = async (place: string) => folderFiles(place);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "trivium-lora-"));
  const opened = await open(llama);
  before = valuesOf(opened.parameters);
  prepared = await prepare({ ...recipe, from: llama }, registry, { base: opened });
  const checkpoint = { store: createFolderStore({ directory }), every: 2 };
  losses = [];
  const stream = train({ ...trainOptions(prepared), checkpoint, evaluate: evaluateOptions(prepared) });
  const { parameters } = await consume(stream, (event) => {
    if (event.type === "evaluated") losses.push(event.metrics.targetLoss as number);
  });
  expect(valuesOf(opened.parameters)).toEqual(before);
  for (const tree of [parameters, opened.parameters]) disposeTree(tree);
});
afterAll(() => rm(directory, { recursive: true }));

test("adapters alone are trained and saved; the run opens with the model that they change", async () => {
  const tensors = tf.memory().numTensors;
  const opened = await open(directory, { base });
  expect(Object.keys(opened.adapter?.arrays ?? {}).every((path) => /(query|value)\.weight\.[ab]$/.test(path))).toBe(
    true,
  );
  expect(opened.adapter).toMatchObject({ rank: 2, alpha: 4, name: directory });
  const after = valuesOf(opened.parameters);
  const moved = Object.keys(before).filter((path) => String(after[path]) !== String(before[path]));
  expect(moved.sort()).toEqual([...(opened.adapter?.targets ?? [])].sort());
  disposeTree(opened.parameters);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(losses).toEqual([expect.any(Number), expect.any(Number)]);
});

test("the same adapters on top of the model, from the run and from PEFT's layout, are the same parameters", async () => {
  const whole = await open(directory, { base });
  const onTop = await withAdapter(await open(llama), folderFiles(directory));
  const { model, adapter } = whole;
  const files = exportPeft({ model, families: familiesOf(registry), adapter: adapter!, base: llama });
  const blobs = files.map(({ name, chunks }) => [name, new Blob([...chunks] as BlobPart[])]);
  const fromPeft = await withAdapter(await open(llama), blobFiles("peft", Object.fromEntries(blobs)));
  for (const { parameters } of [onTop, fromPeft]) expect(valuesOf(parameters)).toEqual(valuesOf(whole.parameters));
  for (const { parameters } of [whole, onTop, fromPeft]) disposeTree(parameters);
});

test("without weights a model with adapters is looked at, and nothing is merged", async () => {
  const opened = await open(directory, { weights: false });
  expect([opened.parameters, opened.adapter?.rank]).toEqual([{}, 2]);
  expect((await withAdapter(await open(llama, { weights: false }), folderFiles(directory))).adapter?.rank).toBe(2);
});

test("what does not belong together is refused", async () => {
  await expect(open(directory)).rejects.toThrow(/holds adapters of .*llama, which cannot be found from here/);
  await expect(
    open(directory, { base: async () => folderFiles(join(llama, "../llama-linear")) }),
  ).rejects.toMatchObject({
    code: "compose/adapter",
    message: expect.stringMatching(/was trained beside other weights than .*llama holds/),
  });
  const opened = await open(llama);
  await expect(withAdapter(opened, folderFiles(llama))).rejects.toThrow(
    /llama holds no adapters; give a folder of PEFT's/,
  );
  const altered = { ...opened, parameters: mapTree(opened.parameters, (leaf) => tf.add(leaf, 1)) };
  await expect(withAdapter(altered, folderFiles(directory))).rejects.toMatchObject({ code: "compose/adapter" });
  for (const more of [{ freeze: ["embedding"] }, { lora: { rank: 2, targets: ["**.gain"] } }])
    await expect(prepare({ ...recipe, ...more }, registry, { base: opened })).rejects.toThrow(/freeze|select none/);
  await expect(prepare(recipe, registry)).rejects.toThrow(/^lora: adapters change a trained model; name it as from/);
  for (const { parameters } of [opened, altered]) disposeTree(parameters);
});
