import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { blobFiles, type NamedArrays, openGguf } from "@trivium/checkpoint";
import { createRandom } from "@trivium/core";
import { type Architecture, createModel, type LanguageModel, type ModelOptions } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { disposeTree, flattenTree, type ParameterTree } from "@trivium/tensor";
import { createByteTokenizer, createSharedPair, type PairTokenizer } from "@trivium/text";
import { beforeAll, describe, expect, test } from "vitest";
import { type ExportGgufOptions, exportGguf, openPretrained, readTokenizer } from "./index.ts";
import { architectures, families, openForTest } from "./testing/open-model.ts";

const byte = createSharedPair(createByteTokenizer());

beforeAll(async () => void (await simd.activate()));

const arraysOf = (tree: ParameterTree): NamedArrays =>
  Object.fromEntries(
    Object.entries(flattenTree(tree)).map(([path, leaf]) => [
      path,
      { dtype: "F32", shape: leaf.shape, data: leaf.dataSync() as Float32Array },
    ]),
  );

interface Exported extends Pick<ExportGgufOptions, "type"> {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
  readonly tokenizer?: PairTokenizer;
}

/** A model that went through a GGUF. */
async function throughGguf({ model, parameters, tokenizer = byte, type }: Exported) {
  const { files, warnings } = exportGguf({ model, arrays: arraysOf(parameters), tokenizer, families, type });
  const [{ name, chunks }] = files as [(typeof files)[number]];
  const blobs = blobFiles("x", { [name]: new Blob([...chunks] as BlobPart[]) });
  const opened = await openPretrained(blobs, { families, architecture: (own) => architectures[own] as Architecture });
  const again = await opened.load();
  const arrays = arraysOf(again);
  const read = { ...opened, arrays, warnings, name, blobs };
  disposeTree(again);
  return read;
}

describe.each(["llama", "llama-linear", "llama3-biases-tied", "qwen3"])("%s", (name) => {
  test("comes back as F32 bit for bit, with its configuration", async () => {
    const base = await openForTest(join(import.meta.dirname, "../fixtures", name));
    const { arrays, config } = await throughGguf(base);
    expect(arrays).toEqual(arraysOf(base.parameters));
    const same = createModel({ architecture: causal, config, attention: reference() }).config;
    expect({ ...same, attention: base.model.config.attention }).toMatchObject({
      ...base.model.config,
      norm: { ...base.model.config.norm, epsilon: expect.closeTo(base.model.config.norm.epsilon, 9) },
      positions: expect.objectContaining({ kind: "rotary" }),
    });
    disposeTree(base.parameters);
  });
});

const likeLlama = (width: number, more: Pick<ModelOptions, "positions" | "attention"> = {}) =>
  createModel({
    architecture: causal,
    config: {
      vocabulary: 300,
      length: 64,
      width,
      heads: 2,
      layers: 1,
      feedForward: 64,
      positions: more.positions ?? "rotary",
      attention: more.attention,
      norm: "rms",
      activation: "swiglu",
      biases: false,
    },
    attention: reference(),
  });

test.each([
  ["Q8_0", 127],
  ["BF16", 256],
] as const)("as %s it comes back within a step of the largest value of a block", async (type, steps) => {
  const model = likeLlama(32);
  const parameters = model.createParameters(createRandom(1));
  const [before, { arrays, name }] = [arraysOf(parameters), await throughGguf({ model, parameters, type })];
  expect(name).toBe(`model-${type}.gguf`);
  for (const [path, { data }] of Object.entries(before)) {
    const [own, read] = [data as Float32Array, arrays[path]?.data as Float32Array];
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const worst = own.reduce((most, value, at) => Math.max(most, Math.abs(value - (read[at] as number))), 0);
    expect(worst, path).toBeLessThanOrEqual(largest / steps);
    if (/norm/.test(path)) expect(worst).toBe(0);
  }
  disposeTree(parameters);
});

const yarn = { kind: "yarn", factor: 4, fastTurns: 32, slowTurns: 1, whole: true, length: 16 } as const;

test.each([
  ["Llama 3", { kind: "llama3", factor: 8, lowFrequency: 1, highFrequency: 4, length: 8192 }],
  ["YaRN", yarn],
  ["YaRN with an amplitude of its own", { ...yarn, amplitude: 1.5 }],
] as const)("the rotary scaling of %s goes with it", async (_, scaling) => {
  const model = likeLlama(64, { positions: { kind: "rotary", base: 10_000, scaling } });
  const parameters = model.createParameters(createRandom(1));
  const { config } = await throughGguf({ model, parameters });
  const { amplitude, ...exact } = { amplitude: undefined, ...scaling };
  expect(config.positions).toMatchObject({ kind: "rotary", base: 10_000, scaling: exact });
  if (amplitude !== undefined)
    expect(config.positions).toMatchObject({ scaling: { amplitude: expect.closeTo(amplitude, 6) } });
  disposeTree(parameters);
});

test("what llama.cpp does not compute is refused: a window that hides something, other borders of YaRN", () => {
  const exported = (more: Parameters<typeof likeLlama>[1]) => {
    const model = likeLlama(32, more);
    const parameters = model.createParameters(createRandom(1));
    const arrays = arraysOf(parameters);
    disposeTree(parameters);
    return exportGguf({ model, arrays, tokenizer: byte, families, family: "mistral" });
  };
  expect(() => exported({ attention: { window: 16 } })).toThrow(
    "export: llama.cpp runs llama, qwen2, qwen3 without windows, and this model has one of 16 in 64 positions; export it as huggingface",
  );
  expect(exported({ attention: { window: 64 } }).family).toBe("llama");
  const scaled = (more: object) =>
    exported({ positions: { kind: "rotary", base: 10_000, scaling: { ...yarn, ...more } } });
  expect(() => scaled({ whole: false })).toThrow(/rounds YaRN's borders/);
  expect(() => scaled({ fastTurns: 16, slowTurns: 2 })).toThrow(
    "YaRN's borders at 32 and 1 turns, and this model at 16 and 2; export it as huggingface",
  );
});

test("the tokenizer of bytes goes with it, and ids that it lacks are unused", async () => {
  const model = likeLlama(32);
  const parameters = model.createParameters(createRandom(1));
  const { blobs, foreign, definition, warnings } = await throughGguf({ model, parameters });
  expect(warnings).toEqual([]);
  const { tokenizer } = await readTokenizer(blobs, { foreign, vocabulary: 300, definition });
  for (const text of ["Hello, wörld! 123", " \n\t🎉", "it's"]) {
    expect(tokenizer.encodeTarget(text)).toEqual(byte.encodeTarget(text));
    expect(tokenizer.decodeTarget(tokenizer.encodeTarget(text))).toBe(text);
  }
  expect(tokenizer.special).toMatchObject({ end: [3], pad: 0, named: { begin: 1 } });
  disposeTree(parameters);
});

test("what llama.cpp does not run is refused by name", async () => {
  const base = await openForTest(join(import.meta.dirname, "../fixtures/gpt2"));
  expect(() => exportGguf({ model: base.model, arrays: arraysOf(base.parameters), tokenizer: byte, families })).toThrow(
    /no family can say this model: llama: .*; qwen2: /,
  );
  disposeTree(base.parameters);
});

const real = join(process.env.TRIVIUM_CHECKPOINTS ?? "", "stories260K");
const missing = existsSync(join(real, "stories260K.gguf"))
  ? ""
  : " (skipped: TRIVIUM_CHECKPOINTS names no stories260K.gguf)";

test.skipIf(missing)(`a real one comes back with its weights and its tokenizer${missing}`, async () => {
  const files = blobFiles("x", { "a.gguf": new Blob([readFileSync(join(real, "stories260K.gguf"))]) });
  const opened = await openPretrained(files, { families, architecture: () => causal });
  const parameters = await opened.load();
  const { tokenizer } = await readTokenizer(files, { ...opened, vocabulary: 512 });
  const model = createModel({ architecture: causal, config: opened.config, attention: reference() });
  const again = await throughGguf({ model, parameters, tokenizer });
  expect(again.arrays).toEqual(arraysOf(parameters));
  const { tokenizer: read } = await readTokenizer(again.blobs, { ...again, vocabulary: 512 });
  const text = "Once upon a time, Lily's 3 dogs\nsaw  a bird. ¡Olé!";
  expect(read.encodeTarget(text)).toEqual(tokenizer.encodeTarget(text));
  expect(read.special).toEqual(tokenizer.special);
  const first = await openGguf(files, "a.gguf");
  const second = await openGguf(again.blobs, again.name);
  expect(second.values["tokenizer.ggml.tokens"]).toEqual(first.values["tokenizer.ggml.tokens"]);
  disposeTree(parameters);
});
