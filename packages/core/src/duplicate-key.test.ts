import fc from "fast-check";
import { expect, test } from "vitest";
import { duplicateKey } from "./duplicate-key.ts";

test("no value that JSON.stringify wrote has a duplicate key", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(duplicateKey(text)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test("a key that is written twice in one object is found, whatever stands around it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.json(), fc.json(), (key, first, second) => {
      const written = JSON.stringify(key);
      expect(duplicateKey(`[{"_${written.slice(1)}: ${first}, ${written}: 1, ${written}: ${second}}]`)).toBe(key);
    }),
    { numRuns: 500 },
  );
});

test("strings that look like keys, and equal keys of different objects, are no duplicates", () => {
  expect(duplicateKey('{"a": "a", "b": ["a", "a", {"a": "\\"a\\": 1"}], "c": {"a": 1}}')).toBeUndefined();
});

test("a string of many characters, plain or escaped, is no trouble", () => {
  for (const one of ["a", '"', "\u0001"]) {
    const text = JSON.stringify(one.repeat(9_000_000));
    expect(duplicateKey(`{"a": ${text}, "b": 1}`)).toBeUndefined();
    expect(duplicateKey(`{"a": ${text}, "a": 1}`)).toBe("a");
  }
});
