import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { simd } from "@trivium/backend-simd";
import { blobFiles, decodeSafetensors, encodeSafetensors, type Files, type NamedArray } from "@trivium/checkpoint";
import { jsonDifferences } from "@trivium/core";
import { type Architecture, resolveConfig } from "@trivium/model";
import { disposeTree } from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { type ForeignConfig, openPretrained } from "./index.ts";
import { architectures, families } from "./testing/open-model.ts";

const root = join(import.meta.dirname, "../fixtures");

beforeAll(async () => void (await simd.activate()));

/** The files of a fixture, by name. */
type Contents = Readonly<Record<string, Uint8Array | string>>;

const contentsOf = (name: string): Contents =>
  Object.fromEntries(readdirSync(join(root, name)).map((file) => [file, readFileSync(join(root, name, file))]));

const filesOf = (contents: Contents): Files =>
  blobFiles(
    "x",
    Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, new Blob([content as BlobPart])])),
  );

const open = (contents: Contents, ignore: readonly string[] = []) =>
  openPretrained(filesOf(contents), { families, architecture: (name) => architectures[name] as Architecture, ignore });

const configOf = (contents: Contents): ForeignConfig => JSON.parse(String(contents["config.json"]));

const withConfig = (contents: Contents, changes: ForeignConfig): Contents => ({
  ...contents,
  "config.json": JSON.stringify({ ...configOf(contents), ...changes }),
});

/** A fixture whose tensors are changed; `undefined` takes one away. */
function withTensors(contents: Contents, changes: Readonly<Record<string, NamedArray | undefined>>): Contents {
  const { arrays } = decodeSafetensors(contents["model.safetensors"] as Uint8Array);
  const changed = Object.entries({ ...arrays, ...changes }).filter(([, array]) => array !== undefined);
  return {
    ...contents,
    "model.safetensors": encodeSafetensors(Object.fromEntries(changed) as Record<string, NamedArray>),
  };
}

const tensorOf = (contents: Contents, name: string): NamedArray =>
  decodeSafetensors(contents["model.safetensors"] as Uint8Array).arrays[name] as NamedArray;

const [llama, gpt2, t5, bart] = ["llama", "gpt2", "t5-v1_0", "bart"].map(contentsOf) as [
  Contents,
  Contents,
  Contents,
  Contents,
];

test.each(readdirSync(root))("%s: the configuration that is written is read as the same again", async (name) => {
  const contents = contentsOf(name);
  const { family, architecture, config } = await open(contents);
  const written = family.write(resolveConfig(architecture, config));
  const again = await open({ ...contents, "config.json": JSON.stringify(written) });
  expect(jsonDifferences(resolveConfig(architecture, again.config), resolveConfig(architecture, config))).toEqual([]);
  const foreign = configOf(contents);
  for (const [key, value] of Object.entries(written)) {
    // What is a default there need not be written, YaRN's defaults are, and an activation may have two names.
    if (
      foreign[key] !== undefined &&
      foreign[key] !== null &&
      !["rope_parameters", "activation_function"].includes(key)
    )
      expect([key, value]).toEqual([key, foreign[key]]);
  }
});

test("a checkpoint without the prefix of a model with a head is the same one", async () => {
  const { arrays } = decodeSafetensors(gpt2["model.safetensors"] as Uint8Array);
  const bare = Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name.replace(/^transformer\./, ""), array]),
  );
  const mask: NamedArray = { dtype: "U8", shape: [1, 1, 64, 64], data: new Uint8Array(4096) };
  const { load } = await open({ ...gpt2, "model.safetensors": encodeSafetensors({ ...bare, "h.0.attn.bias": mask }) });
  disposeTree(await load());
});

test("tensors say whether a head is tied, whatever the configuration says", async () => {
  const embedding = tensorOf(gpt2, "transformer.wte.weight") as Extract<NamedArray, { dtype: "F32" }>;
  const same = await open(withTensors(gpt2, { "lm_head.weight": embedding }));
  expect([same.config.head, same.warnings]).toEqual([{ tied: true }, []]);
  const other = await open(
    withTensors(gpt2, { "lm_head.weight": { ...embedding, data: embedding.data.map((one) => -one) } }),
  );
  expect(other.config.head).toEqual({ tied: false });
  expect(other.warnings[0]).toMatch(/is true and lm_head.weight is not the embedding/);
  const none = await open(withConfig(gpt2, { tie_word_embeddings: false }));
  expect(none.config.head).toEqual({ tied: true });
  expect(none.warnings[0]).toMatch(/there is no lm_head.weight/);
});

test("an attribute that changes nothing may be ignored by name", async () => {
  const odd = withConfig(llama, { my_note: "x", other: 3 });
  await expect(open(odd, ["my_note"])).rejects.toThrow(/"llama" does not handle: other \(3\);/);
  expect((await open(odd, ["my_note", "other"])).config.vocabulary).toBe(37);
});

describe("a folder is refused", () => {
  const cases: [string, Contents, string, RegExp][] = [
    [
      "of another family",
      withConfig(llama, { model_type: "mixtral" }),
      "family",
      /"mixtral"; families that can be read: gpt2, llama/,
    ],
    ["without a model_type", withConfig(llama, { model_type: undefined }), "family", /is none/],
    [
      "whose configuration is no object",
      { ...llama, "config.json": "[]" },
      "config",
      /expected an object of attributes, got \[\]; correct it/,
    ],
    ["whose configuration is not JSON", { ...llama, "config.json": "{" }, "config", /not JSON/],
    ["with experts", withConfig(llama, { num_local_experts: 8 }), "attributes", /num_local_experts \(8\)/],
    [
      "with another fixed value",
      withConfig(gpt2, { scale_attn_weights: false }),
      "attributes",
      /scale_attn_weights \(false, where the family "gpt2" has true\)/,
    ],
    ["with a size that is no count", withConfig(llama, { hidden_size: "16" }), "config", /hidden_size: .*, got "16"/],
    [
      "with an unknown activation",
      withConfig(gpt2, { activation_function: "quick_gelu" }),
      "config",
      /activation_function: expected one of gelu, .*, got "quick_gelu"; correct it/,
    ],
    [
      "with an unknown rotary scaling",
      withConfig(llama, { rope_scaling: { rope_type: "su", factor: 2 } }),
      "config",
      /rope_scaling/,
    ],
    [
      "with heads that do not divide",
      withConfig(llama, { num_attention_heads: 3, head_dim: 4 }),
      "config",
      /keyValueHeads/,
    ],
    [
      "with more layers than tensors",
      withConfig(llama, { num_hidden_layers: 2 ** 30 }),
      "config",
      /it has 1073741824 layers, and the weights/,
    ],
    [
      "with streams of two widths",
      withConfig(bart, { decoder_ffn_dim: 32 }),
      "config",
      /encoder_ffn_dim and decoder_ffn_dim are 24 and 32/,
    ],
    [
      "with an encoder and a decoder of different heads",
      withConfig(bart, { decoder_attention_heads: 4 }),
      "config",
      /encoder_attention_heads and decoder_attention_heads are 2 and 4; here both are the same/,
    ],
    [
      "of two models of different widths",
      withConfig(bart, { model_type: "encoder-decoder", encoder: { hidden_size: 8 }, decoder: { hidden_size: 16 } }),
      "family",
      /"encoder-decoder"; families that can be read/,
    ],
    [
      "with the configuration of another architecture",
      { ...gpt2, "config.json": llama["config.json"] as Uint8Array },
      "tensors",
      /no "llama" of this configuration: embed_tokens.weight is missing; .*transformer.h.0.* is not expected/,
    ],
    [
      "with tensors of experts that its configuration does not speak of",
      withTensors(llama, {
        "model.layers.0.block_sparse_moe.gate.weight": tensorOf(llama, "model.norm.weight"),
      }),
      "tensors",
      /block_sparse_moe.gate.weight is not expected/,
    ],
    [
      "with a tensor missing and one too many",
      withTensors(llama, { "model.norm.weight": undefined, "score.weight": tensorOf(llama, "model.norm.weight") }),
      "tensors",
      /norm.weight is missing; score.weight is not expected/,
    ],
    [
      "with a tensor of another shape",
      withConfig(llama, { intermediate_size: 25 }),
      "tensors",
      /gate_proj.weight should be \[25, 16\], got \[24, 16\]/,
    ],
    [
      "with a tensor under both names",
      withTensors(llama, { "norm.weight": tensorOf(llama, "model.norm.weight") }),
      "tensors",
      /are one tensor/,
    ],
    [
      "with embeddings that differ",
      withTensors(t5, {
        "encoder.embed_tokens.weight": { dtype: "F32", shape: [37, 16], data: new Float32Array(592) },
      }),
      "copies",
      /shared.weight and encoder.embed_tokens.weight differ/,
    ],
  ];
  test.each(cases)("%s", async (_, contents, code, message) => {
    await expect(open(contents)).rejects.toMatchObject({ name: "CheckpointError", code: `pretrained/${code}` });
    await expect(open(contents)).rejects.toThrow(message);
  });

  test("whose weights hold NaN, or integers, when they are read", async () => {
    const bad = (array: NamedArray) => withTensors(llama, { "model.norm.weight": array });
    for (const [at, value] of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN].entries()) {
      const broken = await open(bad({ dtype: "F32", shape: [16], data: new Float32Array(16).with(5 * at, value) }));
      await expect(broken.load()).rejects.toMatchObject({ code: "pretrained/not-finite" });
    }
    const whole = await open(bad({ dtype: "I32", shape: [16], data: new Int32Array(16) }));
    await expect(whole.load()).rejects.toThrow(/norm.weight holds I32, and floating-point/);
  });
});
