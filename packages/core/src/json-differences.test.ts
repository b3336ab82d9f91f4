import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonDifferences } from "./json-differences.ts";

const same = (a: unknown, b: unknown) => jsonDifferences(a, b).length === 0;

test("a value and its copy with keys in another order do not differ", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      expect(same(value, Object.fromEntries(Object.entries(structuredClone(value)).reverse()))).toBe(true);
    }),
  );
});

test("two values differ exactly if their JSON does", () => {
  const small = fc.oneof(fc.constantFrom(0, 1, "", null, [], {}), fc.array(fc.nat(1), { maxLength: 2 }));
  fc.assert(
    fc.property(small, small, (a, b) => {
      expect(same(a, b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});

test("each difference has its place and both sides", () => {
  expect(jsonDifferences({ a: [1, { b: 2 }], c: 3 }, { a: [1, { b: "x" }] })).toEqual([
    { path: "a.1.b", was: "2", is: '"x"' },
    { path: "c", was: "3", is: "absent" },
  ]);
  expect(jsonDifferences([], {})).toEqual([{ path: ".", was: "[]", is: "{}" }]);
});
