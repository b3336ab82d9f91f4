import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "@trivium/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeSafetensors } from "./encode-safetensors.ts";
import { type ByteRange, blobFiles, type Files } from "./files.ts";
import { folderFiles } from "./folder-files.ts";
import type { NamedArrays } from "./named-arrays.ts";
import { openSafetensors } from "./open-safetensors.ts";
import { openWeights } from "./open-weights.ts";
import { safetensorsParts } from "./safetensors-parts.ts";
import { mutate } from "./testing/mutate.ts";
import { writeFiles } from "./write-files.ts";

const arrays: NamedArrays = {
  a: { dtype: "F32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
  b: { dtype: "BF16", shape: [3], data: Uint16Array.of(1, 2, 3) },
  c: { dtype: "I64", shape: [], data: BigInt64Array.of(-5n) },
};
const parts = safetensorsParts(arrays, { partBytes: 20, metadata: { format: "pt" } });
const index = "model.safetensors.index.json";
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "trivium-weights-"));
});
afterAll(() => rm(directory, { recursive: true }));

type Contents = Record<string, Uint8Array | string>;

const whole = (chunks: readonly Uint8Array[]): Uint8Array => Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
const sharded: Contents = Object.fromEntries(parts.map(({ name, chunks }) => [name, whole(chunks)]));
const single: Contents = { "model.safetensors": encodeSafetensors(arrays) };

const filesOf = (contents: Contents): Files =>
  blobFiles(
    "x",
    Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, new Blob([content as BlobPart])])),
  );

/** The same files, and the ranges that are read of them. */
function watched(files: Files): { files: Files; ranges: [string, ByteRange][] } {
  const ranges: [string, ByteRange][] = [];
  const read: Files["read"] = async (path, range) => {
    const size = await files.size(path);
    const { start, end } = range ?? { start: 0, end: size };
    expect(start >= 0 && start <= end && end <= size, `${path} has ${size} bytes; read ${start} to ${end}`).toBe(true);
    ranges.push([path, { start, end }]);
    return files.read(path, range);
  };
  return { files: { ...files, read }, ranges };
}

test("arrays in parts are written with their index, and come back one by one", async () => {
  expect(parts.map(({ name }) => name)).toEqual([
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
    index,
  ]);
  await writeFiles(directory, parts);
  const opened = await openWeights(folderFiles(directory));
  expect(opened.metadata).toEqual({ format: "pt" });
  for (const [name, array] of Object.entries(arrays)) expect(await opened.read(name)).toEqual(array);
  await expect(opened.read("d")).rejects.toMatchObject({ code: "checkpoint/missing" });
});

test("only the header and the array that is asked for are read", async () => {
  const { files, ranges } = watched(filesOf(single));
  const opened = await openSafetensors(files, "model.safetensors");
  const before = ranges.length;
  expect(opened.infos.get("b")).toMatchObject({ dtype: "BF16", shape: [3] });
  expect((await opened.read("b")).data).toEqual(Uint16Array.of(1, 2, 3));
  expect(ranges.slice(before).map(([, { start, end }]) => end - start)).toEqual([6]);
});

test("a file that shrinks while it is open is refused", async () => {
  const files = filesOf(single);
  const cut = filesOf({ "model.safetensors": (single["model.safetensors"] as Uint8Array).slice(0, -4) });
  const opened = await openSafetensors({ ...files, read: cut.read }, "model.safetensors");
  await expect(opened.read("c")).rejects.toMatchObject({ code: "checkpoint/truncated" });
});

describe("an index is refused", () => {
  const withMap = (weight_map: unknown): Contents => ({ ...sharded, [index]: JSON.stringify({ weight_map }) });
  const [first, second] = parts.map(({ name }) => name);
  const cases: [string, Contents, string, RegExp][] = [
    ["if it is not JSON", { ...sharded, [index]: "{" }, "index", /not JSON/],
    [
      "if it is a list",
      { ...sharded, [index]: "[]" },
      "index",
      /index\.json: expected an object of fields, got \[…\]; download/,
    ],
    ["if a part is out of the folder", withMap({ a: "../model.safetensors" }), "index", /weight_map.a/],
    ["if a part is an absolute path", withMap({ a: "/etc/passwd.safetensors" }), "index", /weight_map.a/],
    ["if a part is not there", withMap({ a: "other.safetensors" }), "missing", /has no other.safetensors/],
    ["if it leaves out an array", withMap({ a: first, b: second }), "index", /holds c, which/],
    ["if it places an array in another part", withMap({ a: second, b: second, c: second }), "index", /places a, which/],
    ["if it has an array twice", { ...sharded, [index]: '{"weight_map": {"a": "x", "a": "y"}}' }, "index", /"a" twice/],
    ["if nothing is there", { "pytorch_model.bin": "x" }, "missing", /pytorch_model.bin is of another format/],
  ];
  test.each(cases)("%s", async (_, contents, code, message) => {
    const failing = openWeights(filesOf(contents));
    await expect(failing).rejects.toMatchObject({ code: `checkpoint/${code}` });
    await expect(failing).rejects.toThrow(message);
  });
});

test.each([
  ["one file", single],
  ["parts with an index", sharded],
] as const)(
  "mutated bytes of %s are read within their ranges, or refused with a CheckpointError",
  async (_, contents) => {
    const random = createRandom("mutations");
    const names = Object.keys(contents);
    let sound = 0;
    for (let round = 0; round < 2000; round++) {
      const own = random.split(round);
      const name = names[own.integer(names.length)] as string;
      const original = contents[name] as Uint8Array;
      const { files } = watched(filesOf({ ...contents, [name]: mutate(original, own.split("mutate")) }));
      try {
        const opened = await openWeights(files);
        for (const array of opened.infos.keys()) await opened.read(array);
        sound++;
      } catch (error) {
        expect(error).toMatchObject({ name: "CheckpointError" });
      }
    }
    expect(sound).toBeGreaterThan(10);
    expect(sound).toBeLessThan(1000);
  },
);
