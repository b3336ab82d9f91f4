import { expect, test } from "vitest";
import { isPair, isTextPair } from "./example.ts";
import { specialIds } from "./special-ids.ts";

test("a pair has a source, a text has not", () => {
  expect([isPair({ source: [], target: [4] }), isPair({ tokens: [4] })]).toEqual([true, false]);
  expect([isTextPair({ source: "", target: "a" }), isTextPair({ text: "a" })]).toEqual([true, false]);
});

test("special ids are distinct and padding is 0, as fresh memory is", () => {
  expect(new Set(Object.values(specialIds)).size).toBe(4);
  expect(specialIds.pad).toBe(0);
});
