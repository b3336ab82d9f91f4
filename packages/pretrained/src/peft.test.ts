import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fused } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { blobFiles, type FileChunks, type Files } from "@trivium/checkpoint";
import { folderFiles } from "@trivium/checkpoint/node";
import { createRandom } from "@trivium/core";
import {
  createModel,
  disposeMerged,
  type LanguageModel,
  type LoraOptions,
  loraSpecs,
  type ModelOptions,
  mergeLora,
  resolveLora,
} from "@trivium/model";
import { causal } from "@trivium/model-causal";
import {
  disposeTree,
  flattenSpecs,
  flattenTree,
  type ParameterTree,
  type Tensor2D,
  tf,
  unflattenTree,
} from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { exportPeft, type ReadAdapter, readPeft } from "./index.ts";
import { families, type OpenedForTest, openForTest } from "./testing/open-model.ts";

const root = join(import.meta.dirname, "..");
const ofPeft = join(root, "adapters/fixtures");
const openBase = (name: string) => openForTest(join(root, "fixtures", name));

beforeAll(async () => void (await simd.activate()));

const treeOf = ({ arrays }: ReadAdapter): ParameterTree =>
  unflattenTree(
    Object.fromEntries(
      Object.entries(arrays).map(([path, { data, shape }]) => [path, tf.tensor(data as Float32Array, [...shape])]),
    ),
  );

/** Logits `[L][V]` of a model with adapters. */
async function adaptedLogits(
  { parameters, logits }: OpenedForTest,
  adapter: ReadAdapter,
  ids: Record<string, number[]>,
) {
  const tree = treeOf(adapter);
  const merged = mergeLora(parameters, tree, adapter);
  try {
    return await logits(ids, { from: merged });
  } finally {
    disposeMerged(merged, adapter);
    disposeTree(tree);
  }
}

const worst = (one: number[][], other: number[][]): number =>
  Math.max(...one.flatMap((row, at) => row.map((value, column) => Math.abs(value - (other[at]?.[column] as number)))));

const filesOf = (files: readonly FileChunks[]): Files =>
  blobFiles("x", Object.fromEntries(files.map(({ name, chunks }) => [name, new Blob([...chunks] as BlobPart[])])));

describe.each(readdirSync(ofPeft))("%s", (name) => {
  const { ids, source, logits } = JSON.parse(readFileSync(join(ofPeft, name, "expected.json"), "utf8")) as {
    ids: number[];
    source: number[] | null;
    logits: number[][];
  };
  const streams = source ? { source, target: ids } : { tokens: ids };

  test("adapters of PEFT's give its logits, and come back from our own files", async () => {
    const base = await openBase(name);
    const adapter = await readPeft(folderFiles(join(ofPeft, name)), { model: base.model, families });
    const own = await adaptedLogits(base, adapter, streams);
    expect(worst(own, logits)).toBeLessThan(1e-4);
    expect(worst(await base.logits(streams), logits)).toBeGreaterThan(0.1);
    const files = exportPeft({ model: base.model, families, adapter, base: name });
    const again = await readPeft(filesOf(files), { model: base.model, families });
    expect(again.targets).toEqual(adapter.targets);
    expect(worst(await adaptedLogits(base, again, streams), own)).toBeLessThan(1e-5);
    disposeTree(base.parameters);
  });
});

/** Adapters of ours, A and B drawn. */
function drawn({ specs }: Pick<LanguageModel, "specs">, options: LoraOptions): ReadAdapter {
  const lora = resolveLora(options, specs);
  const random = createRandom("adapters");
  const arrays = Object.entries(flattenSpecs(loraSpecs(specs, lora))).map(([path, { shape }]) => {
    const data = Float32Array.from({ length: shape.reduce((size, side) => size * side, 1) }, () => random.normal());
    return [path, { dtype: "F32" as const, shape, data }] as const;
  });
  return { ...lora, arrays: Object.fromEntries(arrays) };
}

const modelOf = (config: Partial<ModelOptions> = {}): LanguageModel =>
  createModel({ architecture: causal, config: { vocabulary: 9, width: 8, heads: 2, ...config }, attention: fused() });
const likeLlama: Partial<ModelOptions> = {
  positions: "rotary",
  norm: "rms",
  activation: "swiglu",
  biases: false,
};

test("adapters of ours come back from PEFT's layout bit for bit", async () => {
  const model = modelOf(likeLlama);
  const adapter = drawn(model, { rank: 3, alpha: 6, targets: ["**.query", "**.down"] });
  const files = filesOf(exportPeft({ model, families, adapter, base: "base" }));
  const { targets, ...again } = await readPeft(files, { model, families });
  expect(again).toEqual({ rank: 3, alpha: 6, arrays: adapter.arrays });
  expect([...targets].sort()).toEqual([...adapter.targets].sort());
});

test("projections that are joined there have adapters of their own here", async () => {
  const model = modelOf();
  const adapter = drawn(model, { rank: 2, targets: ["**.{query,value}", "**.up"] });
  const files = filesOf(exportPeft({ model, families, adapter, base: "x" }));
  const config = JSON.parse(new TextDecoder().decode(await files.read("adapter_config.json")));
  expect(config).toMatchObject({ r: 4, lora_alpha: 4, fan_in_fan_out: true });
  const again = await readPeft(files, { model, families });
  const product = (of: ReadAdapter, path: string) =>
    tf.tidy(() => {
      const leaves = flattenTree(treeOf(of));
      const [a, b] = [leaves[`${path}.a`], leaves[`${path}.b`]];
      return [...tf.matMul(a as Tensor2D, b as Tensor2D).dataSync()];
    });
  expect([...again.targets].sort()).toEqual([...adapter.targets].sort());
  for (const path of adapter.targets) expect(product(again, path)).toEqual(product(adapter, path));
});

describe("refused in a line", () => {
  const own = JSON.parse(readFileSync(join(ofPeft, "llama/adapter_config.json"), "utf8"));
  const tensors = readFileSync(join(ofPeft, "llama/adapter_model.safetensors"));
  const open = async (change: object, base = "llama") => {
    const { model, parameters } = await openBase(base);
    disposeTree(parameters);
    const config = new Blob([JSON.stringify({ ...own, ...change })]);
    const files = blobFiles("x", { "adapter_config.json": config, "adapter_model.safetensors": new Blob([tensors]) });
    return readPeft(files, { model, families });
  };

  test.each([
    [{ use_dora: true }, /attributes that LoRA here does not handle: use_dora \(true/],
    [{ rank_pattern: { q_proj: 4 }, alpha_pattern: { q_proj: 1 } }, /alpha_pattern \(.*, rank_pattern/],
    [{ modules_to_save: ["lm_head"] }, /modules_to_save/],
    [{ bias: "all" }, /bias \("all", where LoRA here has "none"\)/],
    [{ peft_type: "LOHA" }, /peft_type \("LOHA"/],
    [{ of_tomorrow: 1 }, /of_tomorrow \(1\)/],
    [{ init_lora_weights: "pissa" }, /init_lora_weights: .*got "pissa"/],
    [{ r: 3 }, /lora_A\.weight should be \[3, \d+\], got \[2, \d+\]/],
  ])("%o", async (change, message) => {
    await expect(open(change)).rejects.toMatchObject({
      name: "CheckpointError",
      message: expect.stringMatching(message),
    });
  });

  test("adapters of another model", async () => {
    await expect(open({}, "gpt2")).rejects.toThrow(
      /lora_A\.weight is not expected; .*there is no adapter of a linear map/,
    );
  });

  test("adapters of a table, on the way back", async () => {
    const model = modelOf();
    const adapter = drawn(model, { rank: 1, targets: ["embedding"] });
    expect(() => exportPeft({ model, families, adapter, base: "x" })).toThrow(
      /embedding\.weight is a table, for which PEFT has another form/,
    );
  });
});
