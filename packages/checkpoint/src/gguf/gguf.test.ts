import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "@trivium/core";
import { expect, test } from "vitest";
import { blobFiles, type Files } from "../files.ts";
import { folderFiles } from "../folder-files.ts";
import { float16ToFloat32, float32ToFloat16 } from "../half-precision.ts";
import { mutate } from "../testing/mutate.ts";
import { dequantise } from "./dequantise.ts";
import { type EncodeGgufOptions, encodeGguf } from "./encode-gguf.ts";
import { openGguf } from "./open-gguf.ts";
import { quantise } from "./quantise.ts";

const folder = join(import.meta.dirname, "../../fixtures/gguf");
const whole = readFileSync(join(folder, "types.gguf"));

const filesOf = (bytes: Uint8Array): Files => blobFiles("x", { "a.gguf": new Blob([bytes as BlobPart]) });

test("every type is dequantised as the reference does, to the bit", async () => {
  const opened = await openGguf(folderFiles(folder), "types.gguf");
  const names = JSON.parse(readFileSync(join(folder, "names.json"), "utf8")) as string[];
  const values = Float32Array.from({ length: names.length * 512 }, (_, at) =>
    readFileSync(join(folder, "values.f32")).readFloatLE(4 * at),
  );
  expect(names).toHaveLength(8);
  for (const [index, name] of names.entries()) {
    const { shape, data } = await opened.read(name);
    expect([name, shape]).toEqual([name, [2, 256]]);
    expect(data, name).toEqual(values.subarray(512 * index, 512 * (index + 1)));
  }
});

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const quantised = JSON.parse(readFileSync(join(folder, "quantised.json"), "utf8")) as Record<string, string>;
const rows = new Float32Array(bytesOf(quantised.values as string).buffer);

test.each(["Q8_0", "BF16", "F16"] as const)("%s is written as the reference quantises, to the bit", (type) => {
  expect(quantise(type, rows)).toEqual(bytesOf(quantised[type] as string));
});

test("what is written is read: metadata, and tensors in the types that fit them", async () => {
  const metadata: EncodeGgufOptions["metadata"] = {
    "general.architecture": ["string", "llama"],
    one: ["u32", 7],
    half: ["f32", 0.5],
    yes: ["bool", true],
    words: ["strings", ["a", "é", ""]],
    numbers: ["i32s", [1, -2]],
    scores: ["f32s", [0.25, -1]],
  };
  const tensors = {
    matrix: { shape: [8, 64], data: rows },
    row: { shape: [3], data: Float32Array.of(1, 2, 3) },
    narrow: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 0.1) },
  };
  const written = await openGguf(filesOf(Buffer.concat(encodeGguf({ metadata, tensors, type: "Q8_0" }))), "a.gguf");
  const plain = Object.fromEntries(Object.entries(metadata).map(([key, [, value]]) => [key, value]));
  expect(written.values).toEqual(plain);
  expect(await written.read("row")).toMatchObject(tensors.row);
  expect((await written.read("narrow")).data).toEqual(float16ToFloat32(float32ToFloat16(tensors.narrow.data)));
  expect((await written.read("matrix")).data).toEqual(dequantise(8, quantise("Q8_0", rows), rows.length));
  const whole = await openGguf(filesOf(Buffer.concat(encodeGguf({ metadata, tensors }))), "a.gguf");
  for (const [name, tensor] of Object.entries(tensors)) expect(await whole.read(name)).toMatchObject(tensor);
});

test("metadata of every kind are read", async () => {
  const { values } = await openGguf(folderFiles(folder), "types.gguf");
  expect(values).toMatchObject({ "general.architecture": "llama", one: 7, half: 0.5, yes: true, numbers: [1, -2, 3] });
  expect(values.words).toEqual(["a", "é", ""]);
});

test("a file that is cut off at any place, or another one, is refused", async () => {
  for (let length = 0; length < whole.length; length += 97) {
    await expect(openGguf(filesOf(whole.subarray(0, length)), "a.gguf")).rejects.toMatchObject({
      name: "CheckpointError",
    });
  }
  await expect(openGguf(filesOf(new TextEncoder().encode("GGML and more")), "a.gguf")).rejects.toThrow(/no GGUF file/);
});

test("a type that is not read is refused by name or number, with those that are", async () => {
  const bytes = Uint8Array.from(whole);
  // The type of the first tensor stands behind its name, "F32", and its two axes.
  const at = whole.indexOf("F32") + 3 + 4 + 16;
  for (const [type, shown] of [
    [99, "99"],
    [13, "Q5_K"],
  ] as const) {
    bytes[at] = type;
    await expect(openGguf(filesOf(bytes), "a.gguf")).rejects.toThrow(
      new RegExp(`"F32": its type is ${shown}, and F32, F16, BF16, Q4_0, .* can be read; take another file`),
    );
  }
});

test("mutated bytes are read within the file, or refused with a CheckpointError", async () => {
  const random = createRandom("gguf");
  const header = whole.subarray(0, 1200);
  let sound = 0;
  for (let round = 0; round < 1500; round++) {
    const bytes = Buffer.concat([mutate(header, random.split(round)), whole.subarray(1200)]);
    try {
      const opened = await openGguf(filesOf(bytes), "a.gguf");
      for (const name of opened.infos.keys()) await opened.read(name);
      sound++;
    } catch (error) {
      expect(error).toMatchObject({ name: "CheckpointError" });
    }
  }
  expect(sound).toBeGreaterThan(10);
  expect(sound).toBeLessThan(1000);
});
