import { readdirSync } from "node:fs";
import { join } from "node:path";
import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { blobFiles, type NamedArray, type NamedArrays } from "@trivium/checkpoint";
import { createRandom } from "@trivium/core";
import { type Architecture, createModel, type ModelOptions } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { prefix } from "@trivium/model-prefix";
import { disposeTree, flattenTree, type ParameterTree } from "@trivium/tensor";
import { createByteTokenizer, createHuggingFaceTokenizer, createSharedPair } from "@trivium/text";
import { beforeAll, describe, expect, test } from "vitest";
import { type ExportedPretrained, exportPretrained, openPretrained } from "./index.ts";
import { readTokenizer } from "./read-tokenizer.ts";
import { architectures, families, openForTest } from "./testing/open-model.ts";

const root = join(import.meta.dirname, "../fixtures");
const byte = createSharedPair(createByteTokenizer());

beforeAll(async () => void (await simd.activate()));

const arraysOf = (tree: ParameterTree): NamedArrays =>
  Object.fromEntries(
    Object.entries(flattenTree(tree)).map(([path, leaf]): [string, NamedArray] => [
      path,
      { dtype: "F32", shape: leaf.shape, data: leaf.dataSync() as Float32Array },
    ]),
  );

const filesOf = ({ files }: ExportedPretrained) =>
  blobFiles("x", Object.fromEntries(files.map(({ name, chunks }) => [name, new Blob([...chunks] as BlobPart[])])));

const opening = (exported: ExportedPretrained) =>
  openPretrained(filesOf(exported), { families, architecture: (name) => architectures[name] as Architecture });

/** A model of ours with small random weights, exported. */
function exportOwn(
  config: Partial<ModelOptions>,
  { architecture = causal as Architecture, family = undefined as string | undefined } = {},
) {
  const model = createModel({
    architecture,
    config: { vocabulary: 261, width: 8, heads: 2, layers: 2, ...config },
    attention: reference(),
  });
  const parameters = model.createParameters(createRandom(1));
  const arrays = arraysOf(parameters);
  try {
    return { arrays, exported: exportPretrained({ model, arrays, tokenizer: byte, families, family }) };
  } finally {
    disposeTree(parameters);
  }
}

test.each(readdirSync(root))("%s comes back bit for bit, in parts", async (name) => {
  const { model, parameters } = await openForTest(join(root, name));
  const arrays = arraysOf(parameters);
  const exported = exportPretrained({ model, arrays, tokenizer: byte, families, partBytes: 4000 });
  expect(exported.files.length).toBeGreaterThan(4);
  const again = await (await opening(exported)).load();
  expect(arraysOf(again)).toEqual(arrays);
  for (const tree of [parameters, again]) disposeTree(tree);
});

test("our own causal model is a GPT-2 there, with its special tokens", async () => {
  const { arrays, exported } = exportOwn({});
  const opened = await opening(exported);
  expect([exported.family, opened.foreign.eos_token_id, opened.foreign.pad_token_id]).toEqual(["gpt2", 3, 0]);
  expect(exported.warnings).toEqual([]);
  const { tokenizer } = await readTokenizer(filesOf(exported), { foreign: opened.foreign, vocabulary: 261 });
  expect(Object.keys(tokenizer.special.frame)).toEqual(["joined"]);
  for (const text of ["naïve <end> 🎉\r\n", "  a  b ", "it's 12"]) {
    expect(tokenizer.encodeTarget(text)).toEqual(byte.encodeTarget(text));
    expect(tokenizer.decodeTarget(tokenizer.encodeTarget(text))).toBe(text);
  }
  const again = await opened.load();
  expect(arraysOf(again)).toEqual(arrays);
  disposeTree(again);
});

test("a prefix model is written with the warning that its mask is not", () => {
  const { warnings } = exportOwn({}, { architecture: prefix }).exported;
  expect(warnings.at(-1)).toMatch(/a prefix model is read as causal there/);
});

test("a tokenizer.json goes with the model", async () => {
  const vocab = Object.fromEntries(Array.from({ length: 261 }, (_, id) => [`t${id}`, id]));
  const definition = { model: { type: "BPE" as const, vocab, merges: [] } };
  const special = { end: [3], named: {}, frame: { joined: { before: [], between: [], after: [3] } } };
  const tokenizer = createSharedPair(createHuggingFaceTokenizer({ definition, special }));
  const model = createModel({
    architecture: causal,
    config: { vocabulary: 261, width: 8, heads: 2 },
    attention: reference(),
  });
  const parameters = model.createParameters(createRandom(1));
  const exported = exportPretrained({ model, arrays: arraysOf(parameters), tokenizer, families });
  const { foreign } = await opening(exported);
  const read = await readTokenizer(filesOf(exported), { foreign, vocabulary: 261 });
  expect([exported.warnings, read.tokenizer.size]).toEqual([[], 261]);
  disposeTree(parameters);
});

describe("what no family can say is refused", () => {
  const cases: [string, Partial<ModelOptions>, string | undefined, RegExp][] = [
    ["positions that no family has", { positions: "alibi" }, undefined, /gpt2: .*positions.*llama: /],
    [
      "gains with an offset",
      { norm: { kind: "layer", unitOffset: true } },
      "gpt2",
      /no norm.unitOffset is true, not false/,
    ],
    ["a family that there is not", {}, "gpt9", /no family "gpt9"; families: gpt2.*; a family of your own is a plugin/],
    ["a window there is not", { attention: { window: 3 } }, "gpt2", /attention.window is 3/],
  ];
  test.each(cases)("%s", (_, config, family, message) => {
    expect(() => exportOwn(config, { family })).toThrow(expect.objectContaining({ code: "pretrained/export" }));
    expect(() => exportOwn(config, { family })).toThrow(message);
  });
});
