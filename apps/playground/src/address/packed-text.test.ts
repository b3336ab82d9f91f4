import fc from "fast-check";
import { expect, test } from "vitest";
import { packText, unpackText } from "./packed-text.ts";

test("a text comes back from an address", async () => {
  const texts = fc.string({ unit: "grapheme", maxLength: 200 }).map((text) => text.toWellFormed());
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      expect(await unpackText(await packText(text))).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test("what nobody packed is no text, however it looks", async () => {
  const packed = fc.string({ unit: fc.constantFrom(..."AZaz09-_"), maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(packed, async (text) => {
      expect(["string", "undefined"]).toContain(typeof (await unpackText(text)));
    }),
    { numRuns: 200 },
  );
  expect(await unpackText("AAAA")).toBeUndefined();
});

test("a small address that unpacks to a huge text is refused", async () => {
  expect(await unpackText(await packText("a".repeat(2_000_000)))).toBeUndefined();
});
