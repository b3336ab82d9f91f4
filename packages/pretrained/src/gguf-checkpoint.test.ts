import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { simd } from "@trivium/backend-simd";
import { blobFiles, type Files } from "@trivium/checkpoint";
import type { Architecture } from "@trivium/model";
import { disposeTree, flattenTree, type ParameterTree } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { ggufDefinition } from "./gguf-tokenizer.ts";
import { openPretrained, readTokenizer } from "./index.ts";
import { architectures, families, openForTest } from "./testing/open-model.ts";

const folder = join(import.meta.dirname, "../gguf/fixtures");
const whole = readFileSync(join(folder, "llama.gguf"));

beforeAll(async () => void (await simd.activate()));

/** The bytes of each parameter, as a text: quickly compared. */
const valuesOf = (tree: ParameterTree) =>
  Object.fromEntries(
    Object.entries(flattenTree(tree)).map(([path, leaf]) => {
      const { buffer, byteOffset, byteLength } = leaf.dataSync();
      return [path, Buffer.from(buffer, byteOffset, byteLength).toString("latin1")];
    }),
  );

const filesOf = (bytes: Uint8Array): Files => blobFiles("x", { "a.gguf": new Blob([bytes as BlobPart]) });

const open = (files: Files) =>
  openPretrained(files, { families, architecture: (name) => architectures[name] as Architecture });

test.each(["llama", "qwen3"])(
  "%s has the parameters of the same model in safetensors, its heads turned back",
  async (name) => {
    const { parameters } = await openForTest(join(import.meta.dirname, "../fixtures", name));
    const { config, load } = await open(filesOf(readFileSync(join(folder, `${name}.gguf`))));
    const own = await load();
    expect(valuesOf(own)).toEqual(valuesOf(parameters));
    expect(config).toMatchObject({ vocabulary: 37, keyValueHeads: 2, head: { tied: name === "qwen3" } });
    for (const tree of [parameters, own]) disposeTree(tree);
  },
);

test("its tokenizer comes with it", async () => {
  const { foreign, definition } = await open(filesOf(whole));
  const { tokenizer, warnings } = await readTokenizer(filesOf(whole), { foreign, vocabulary: 37, definition });
  expect([tokenizer.size, tokenizer.special.end, warnings]).toEqual([37, [3], []]);
  expect(tokenizer.special.frame.joined).toEqual({ before: [1], between: [], after: [3] });
});

test("a tokenizer of merges is read, with the cuts of its name; another one is not guessed", () => {
  const values = {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "smollm",
    "tokenizer.ggml.tokens": ["<|end|>", "a", "b", "ab"],
    "tokenizer.ggml.token_type": [3, 1, 1, 1],
    "tokenizer.ggml.merges": ["a b"],
  };
  expect(ggufDefinition(values, "x")?.definition).toMatchObject({
    added_tokens: [{ id: 0, content: "<|end|>", special: true }],
    model: { vocab: { ab: 3 }, merges: ["a b"] },
  });
  expect(ggufDefinition({ ...values, "tokenizer.ggml.pre": "of tomorrow" }, "x")).toBeUndefined();
  expect(ggufDefinition({ ...values, "tokenizer.ggml.model": "bert" }, "x")).toBeUndefined();
});

/** The file with one more value in its metadata, behind which data move by whole alignments. */
function withValue(key: string, value: number): Uint8Array {
  const name = Buffer.from(key);
  const entry = Buffer.alloc(8 + name.length + 8);
  entry.writeBigUInt64LE(BigInt(name.length));
  name.copy(entry, 8);
  entry.writeUInt32LE(4, 8 + name.length);
  entry.writeUInt32LE(value, 12 + name.length);
  const head = Buffer.from(whole.subarray(0, 24));
  head.writeBigUInt64LE(head.readBigUInt64LE(16) + 1n, 16);
  return Buffer.concat([head, entry, whole.subarray(24), Buffer.alloc(64)]);
}

test("experts are refused, and another architecture with those that can be read", async () => {
  await expect(open(filesOf(withValue("llama.expert_count", 8)))).rejects.toMatchObject({
    name: "CheckpointError",
    message: "x/a.gguf: it has experts, which no family has here; take a model without them",
  });
  const other = Buffer.from(whole);
  // The first "llama" is the value of general.architecture.
  other.write("bloom", other.indexOf("llama"));
  await expect(open(filesOf(other))).rejects.toThrow(/architecture is "bloom"; those that can be read: llama/);
});

test("metadata that no number here follows from are refused by name, and may be ignored by it", async () => {
  const files = filesOf(withValue("llama.attention.sliding_window", 16));
  await expect(open(files)).rejects.toMatchObject({
    code: "pretrained/attributes",
    message: expect.stringMatching(/does not handle: llama\.attention\.sliding_window \(16\); .*--ignore-attribute/),
  });
  const ignore = ["llama.attention.sliding_window"];
  const architecture = (name: string) => architectures[name] as Architecture;
  expect(await openPretrained(files, { families, architecture, ignore })).toMatchObject({ family: { name: "llama" } });
});

test("of several GGUFs in a folder none is chosen", async () => {
  const blob = new Blob([whole as BlobPart]);
  await expect(open(blobFiles("x", { "q8.gguf": blob, "q4.gguf": blob }))).rejects.toMatchObject({
    code: "pretrained/config",
    message: "x: it holds q4.gguf, q8.gguf; name one of these files",
  });
});

const real = join(process.env.TRIVIUM_CHECKPOINTS ?? "", "stories260K");
const missing = existsSync(join(real, "stories260K.gguf"))
  ? ""
  : " (skipped: TRIVIUM_CHECKPOINTS names no stories260K.gguf)";

test.skipIf(missing)(
  `a real one has the parameters of its safetensors, and the text of its ids${missing}`,
  async () => {
    const { parameters } = await openForTest(real);
    const files = filesOf(readFileSync(join(real, "stories260K.gguf")));
    const { load, foreign, definition } = await open(files);
    const own = await load();
    expect(valuesOf(own)).toEqual(valuesOf(parameters));
    const { tokenizer } = await readTokenizer(files, { foreign, vocabulary: 512, definition });
    const { cases } = JSON.parse(readFileSync(join(real, "expected.json"), "utf8")) as {
      cases: { prompt: string; promptIds: number[]; greedyIds: number[]; greedyText: string }[];
    };
    for (const { prompt, promptIds, greedyIds, greedyText } of cases) {
      expect([...(tokenizer.special.frame.joined?.before ?? []), ...tokenizer.encodeTarget(prompt)]).toEqual(promptIds);
      expect(tokenizer.decodeTarget([...promptIds, ...greedyIds])).toBe(greedyText);
    }
    for (const tree of [parameters, own]) disposeTree(tree);
  },
);
