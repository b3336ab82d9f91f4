import { expect, test } from "vitest";
import { isPair, isTextPair } from "./example.ts";

test("a pair has a source, a text has not", () => {
  expect([isPair({ source: [], target: [4] }), isPair({ tokens: [4] })]).toEqual([true, false]);
  expect([isTextPair({ source: "", target: "a" }), isTextPair({ text: "a" })]).toEqual([true, false]);
});
