import fc from "fast-check";
import { expect, test } from "vitest";
import { bytePlugin, createByteTokenizer } from "./byte.ts";
import { reservedIds, reservedSpecials } from "./reserved-specials.ts";
import { describeTokenizer } from "./testing.ts";

const bytes = createByteTokenizer();

describeTokenizer("byte", {
  tokenizer: bytes,
  fromJson: (json) => bytePlugin.create(json as never),
  lossless: ["plain", "naïve 😀 \u0000 \r\n", "\uFEFFbyte order mark at the start", "👩‍👩‍👧 e\u0301"],
});

test("every well-formed string survives the round trip", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      expect(bytes.decode(bytes.encode(text))).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test("ids are the UTF-8 bytes, moved past the reserved ids", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const expected = [...Buffer.from(text, "utf8")].map((value) => value + reservedIds);
      expect(bytes.encode(text)).toEqual(expected);
    }),
  );
});

test("any sequence of ids decodes, as the platform's decoder reads the bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (raw) => {
      expect(bytes.decode([...raw].map((value) => value + reservedIds))).toBe(Buffer.from(raw).toString("utf8"));
    }),
  );
});

test("half of a character becomes U+FFFD and leaves its neighbours alone", () => {
  const [first] = bytes.encode("é");
  expect(bytes.decode([...bytes.encode("a"), first as number, ...bytes.encode("b")])).toBe("a\uFFFDb");
});

test("special tokens inside a text stand for nothing", () => {
  expect(
    bytes.decode([...bytes.encode("ab"), reservedSpecials().named.separator as number, ...bytes.encode("c")]),
  ).toBe("abc");
});

test("the plugin's schema knows its fields", () => {
  const check = (options: unknown) => bytePlugin.schema?.["~standard"].validate(options);
  expect(check({ corpus: ["x"] })).toHaveProperty("value");
  expect(check({ size: 3 })).toHaveProperty("issues");
});
