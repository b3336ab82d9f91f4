import { TriviumError } from "@trivium/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSafetensors } from "./decode-safetensors.ts";
import { encodeSafetensors } from "./encode-safetensors.ts";
import { float32Of, type NamedArray } from "./named-arrays.ts";

/** Written by the reference implementation (Python safetensors 0.8.0, `save` with metadata). */
const reference = Buffer.from(
  "eAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJucCJ9LCJlbXB0eSI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMCwzXSwiZGF0YV9vZmZzZX" +
    "RzIjpbMCwwXX0sInNjYWxhciI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpbMCw0XX0sInciOnsiZHR5cGUiOiJGMzIi" +
    "LCJzaGFwZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6WzQsMjhdfSwiaSI6eyJkdHlwZSI6IkkzMiIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6Wz" +
    "I4LDQwXX0sImgiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOls0MCw0Nl19LCJtYXNrIjp7ImR0eXBlIjoiQk9PTCIs" +
    "InNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzQ2LDQ5XX19ICAgAACIQAAAwD8AAADAxqsNHwAAgH8AAAAAAADgQAEAAAD+////////fwA+AYD/ew" +
    "EAAQ==",
  "base64",
);

const array = fc.array(fc.nat(4), { maxLength: 3 }).chain((shape): fc.Arbitrary<NamedArray> => {
  const length = shape.reduce((product, size) => product * size, 1);
  const size = { minLength: length, maxLength: length };
  return fc.oneof(
    fc.float64Array(size).map((data): NamedArray => ({ dtype: "F64", shape, data })),
    fc.float32Array(size).map((data): NamedArray => ({ dtype: "F32", shape, data })),
    fc.int32Array(size).map((data): NamedArray => ({ dtype: "I32", shape, data })),
    fc.uint32Array(size).map((data): NamedArray => ({ dtype: "U32", shape, data })),
    fc.bigInt64Array(size).map((data): NamedArray => ({ dtype: "I64", shape, data })),
    fc.bigUint64Array(size).map((data): NamedArray => ({ dtype: "U64", shape, data })),
    fc.int16Array(size).map((data): NamedArray => ({ dtype: "I16", shape, data })),
    fc
      .tuple(fc.constantFrom("F16", "BF16", "U16"), fc.uint16Array(size))
      .map(([dtype, data]): NamedArray => ({ dtype, shape, data })),
    fc.int8Array(size).map((data): NamedArray => ({ dtype: "I8", shape, data })),
    fc
      .tuple(fc.constantFrom("U8", "BOOL"), fc.uint8Array(size))
      .map(([dtype, data]): NamedArray => ({ dtype, shape, data })),
  );
});
const name = fc.string({ unit: "grapheme" }).filter((text) => text !== "__metadata__");

const fails = (bytes: Uint8Array, code: string, message: string) => {
  try {
    decodeSafetensors(bytes, { file: "some.safetensors" });
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ name: "CheckpointError", code: `checkpoint/${code}` });
    expect((error as Error).message).toMatch(/^some\.safetensors: /);
    expect((error as Error).message).toContain(message);
  }
};

/** A file made by hand, so that it can be wrong. */
const file = (header: unknown, data = new Uint8Array(8)): Uint8Array => {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
};

test("arrays of any name, shape and value come back bit for bit", () => {
  fc.assert(
    fc.property(fc.dictionary(name, array), (arrays) => {
      const decoded = decodeSafetensors(encodeSafetensors(arrays)).arrays;
      expect(Object.keys(decoded).sort()).toEqual(Object.keys(arrays).sort());
      for (const [key, { dtype, shape, data }] of Object.entries(arrays)) {
        expect(decoded[key]).toMatchObject({ dtype, shape });
        expect(
          Buffer.from(decoded[key]?.data.buffer as ArrayBuffer, decoded[key]?.data.byteOffset, data.byteLength),
        ).toEqual(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
      }
    }),
    { numRuns: 300 },
  );
});

test("data start at a multiple of eight and the same arrays give the same bytes in any order", () => {
  fc.assert(
    fc.property(fc.dictionary(name, array), (arrays) => {
      const bytes = encodeSafetensors(arrays, { made: "here" });
      expect(Number(Buffer.from(bytes).readBigUInt64LE(0)) % 8).toBe(0);
      expect(encodeSafetensors(Object.fromEntries(Object.entries(arrays).reverse()), { made: "here" })).toEqual(bytes);
    }),
  );
});

test("a file decodes the same wherever it lies in memory", () => {
  const arrays = { a: { dtype: "F32", shape: [3], data: Float32Array.of(1, 2, 3) } } as const;
  const bytes = encodeSafetensors(arrays);
  for (let shift = 0; shift < 8; shift++) {
    const moved = new Uint8Array(bytes.length + shift).subarray(shift);
    moved.set(bytes);
    expect(decodeSafetensors(moved).arrays.a?.data).toEqual(arrays.a.data);
  }
});

test("a file of the reference implementation is read, its half floats exactly", () => {
  const { arrays, metadata } = decodeSafetensors(reference);
  expect(metadata).toEqual({ format: "np" });
  expect(arrays).toEqual({
    empty: { dtype: "F32", shape: [0, 3], data: new Float32Array() },
    scalar: { dtype: "F32", shape: [], data: Float32Array.of(4.25) },
    w: { dtype: "F32", shape: [2, 3], data: Float32Array.of(1.5, -2, 3e-20, Number.POSITIVE_INFINITY, 0, 7) },
    i: { dtype: "I32", shape: [3], data: Int32Array.of(1, -2, 2147483647) },
    h: { dtype: "F16", shape: [3], data: Uint16Array.of(0x3e00, 0x8001, 0x7bff) },
    mask: { dtype: "BOOL", shape: [3], data: Uint8Array.of(1, 0, 1) },
  });
  expect(float32Of(arrays.h as NamedArray)).toEqual(Float32Array.of(1.5, -(2 ** -24), 65504));
});

test("bfloat16 is read as the upper half of float32", () => {
  const bytes = file({ b: { dtype: "BF16", shape: [2], data_offsets: [0, 4] } }, Uint8Array.of(0x80, 0x3f, 0x49, 0xc0));
  expect(float32Of(decodeSafetensors(bytes).arrays.b as NamedArray)).toEqual(Float32Array.of(1, -3.140625));
});

test.each([
  ["F8_E8M0", [4], 4],
  ["F4", [8], 4],
  ["F6_E2M3", [4], 3],
  ["C64", [2], 16],
  ["a dtype of tomorrow", [7, 1], 5],
])("an array of dtype %s that nobody wants is listed, and refused once it is wanted", (dtype, shape, size) => {
  const header = {
    weight: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
    scale: { dtype, shape, data_offsets: [4, 4 + size] },
  };
  const bytes = file(header, new Uint8Array(4 + size));
  const { arrays, others } = decodeSafetensors(bytes, { wanted: (key) => key === "weight" });
  expect(arrays).toEqual({ weight: { dtype: "F32", shape: [1], data: Float32Array.of(0) } });
  expect(others).toEqual([{ name: "scale", dtype, shape }]);
  fails(bytes, "dtype", `array "scale" is ${dtype}; F64, F32, F16, BF16, I64`);
});

test("ranges that overlap, leave a hole or run backwards are refused, whoever wants them", () => {
  const unwanted = (start: number, end: number) =>
    file({
      weight: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
      scale: { dtype: "F4", shape: [8], data_offsets: [start, end] },
    });
  const wanted = (key: string) => key === "weight";
  for (const [start, end] of [
    [2, 8],
    [5, 8],
    [4, 7],
    [4, 2],
  ] as const)
    expect(() => decodeSafetensors(unwanted(start, end), { wanted })).toThrow(/"scale"|cover 7 bytes/);
  expect(decodeSafetensors(unwanted(4, 8), { wanted }).others).toHaveLength(1);
});

test("a file cut off at any byte is refused", () => {
  const bytes = encodeSafetensors({ a: { dtype: "F32", shape: [4], data: new Float32Array(4) } });
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow(/has|cut off/);
    try {
      decodeSafetensors(bytes.subarray(0, length));
    } catch (error) {
      expect(TriviumError.is(error, "checkpoint/truncated")).toBe(true);
    }
  }
});

test("whatever bytes it is given, decoding succeeds or throws a CheckpointError", () => {
  const sound = encodeSafetensors({ a: { dtype: "F32", shape: [2], data: new Float32Array(2) } });
  fc.assert(
    fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = Uint8Array.from(sound);
      bytes[at] = (bytes[at] as number) ^ change;
      try {
        decodeSafetensors(bytes);
      } catch (error) {
        expect(error).toMatchObject({ name: "CheckpointError" });
      }
    }),
    { numRuns: 1000 },
  );
});

describe("a header is refused", () => {
  const entry = (start: number, end: number, shape = [(end - start) / 4]) => ({
    dtype: "F32",
    shape,
    data_offsets: [start, end],
  });
  const cases: [string, unknown, string, string][] = [
    ["if it is not JSON", "{oops", "header", "not JSON"],
    ["if it is no object", "[1]", "header", "starts with {"],
    ["if it starts with a blank", ' {"a": 1}', "header", "starts with {"],
    ["if an entry is no object", { a: 3 }, "header", 'array "a"'],
    ["if a field is missing", { a: { dtype: "F32", shape: [2] } }, "header", 'array "a": data_offsets'],
    ["if a size is negative", { a: { ...entry(0, 8), shape: [-2] } }, "header", 'array "a": shape.0'],
    ["if an offset is fractional", { a: entry(0.5, 8, [2]) }, "header", "data_offsets.0"],
    ["if metadata are not texts", { __metadata__: { step: 3 }, a: entry(0, 8) }, "header", "maps texts to texts"],
    ["if a dtype is unknown", { a: { ...entry(0, 8), dtype: "F33" } }, "dtype", 'array "a" is F33; F64, F32'],
    ["if a dtype is a name of Object", { a: { ...entry(0, 8), dtype: "constructor" } }, "dtype", "is constructor;"],
    ["if ranges overlap", { a: entry(0, 8), b: entry(4, 8) }, "offsets", '"b" at 4 overlaps'],
    ["if ranges leave a hole", { a: entry(4, 8) }, "offsets", '"a" at 4 leaves a hole'],
    ["if data are left over", { a: entry(0, 4) }, "offsets", "cover 4 bytes of data, the file has 8"],
    ["if a range lies outside", { a: entry(0, 16) }, "truncated", "need 16 bytes of data, the file has 8"],
    ["if shape and range differ", { a: entry(0, 8, [3]) }, "offsets", "F32 [3] needs 12 bytes"],
    ["if a range runs backwards", { a: entry(8, 0, [2]) }, "offsets", "span -8"],
    ["if sizes overflow", { a: entry(0, 8, [2 ** 40, 2 ** 40]) }, "offsets", "needs"],
    ["if a name stands twice", '{"a": 1, "b": {}, "\\u0061": 2}', "duplicate", '"a" twice'],
  ];
  test.each(cases)("%s", (_, header, code, message) => fails(file(header), code, message));

  test("if it claims more than 100 MB, before anything is allocated for it", () => {
    const bytes = file("{}");
    Buffer.from(bytes.buffer, bytes.byteOffset).writeBigUInt64LE(2n ** 63n);
    fails(bytes, "header", "over the limit of 100 MB");
  });

  test("if it is what Git leaves in the place of a large file", () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1044992\n";
    fails(new TextEncoder().encode(pointer), "header", "run git lfs pull");
  });
});

test("integers are no weights, and float64 is rounded", () => {
  expect(float32Of({ dtype: "F64", shape: [1], data: Float64Array.of(1 / 3) })).toEqual(Float32Array.of(1 / 3));
  expect(() => float32Of({ dtype: "I64", shape: [1], data: BigInt64Array.of(1n) }, "w")).toThrow(/w holds I64, and/);
});

describe("encoding refuses", () => {
  const cases: [string, string, unknown, string][] = [
    ["a shape that does not fit", "a", { dtype: "F32", shape: [3], data: new Float32Array(2) }, "[3] does not fit 2"],
    ["data of another type", "a", { dtype: "F32", shape: [2], data: new Int32Array(2) }, "must be a Float32Array"],
    ["a dtype that cannot be written", "a", { dtype: "F4", shape: [1], data: new Uint8Array(1) }, "dtype F4"],
    ["the reserved name", "__metadata__", { dtype: "F32", shape: [], data: new Float32Array(1) }, "reserved"],
  ];
  test.each(cases)("%s", (_, key, value, message) => {
    expect(() => encodeSafetensors({ [key]: value as NamedArray })).toThrow(message);
  });
});
