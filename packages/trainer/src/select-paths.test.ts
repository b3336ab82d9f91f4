import { expect, test } from "vitest";
import { selectPaths } from "./select-paths.ts";

const paths = [
  "embedding.weight",
  "tokens.layers.0.self.query.weight",
  "tokens.layers.0.self.norm.gain",
  "tokens.layers.10.self.query.weight",
];
const select = (...patterns: string[]) =>
  [...selectPaths(patterns, paths, "freeze")].map((path) => paths.indexOf(path));

test("a pattern is whole names anywhere in a path, and a star any characters", () => {
  expect(select("embed*")).toEqual([0]);
  expect(select("tokens.layers.0")).toEqual([1, 2]);
  expect(select("tokens.layers.1*")).toEqual([3]);
  expect(select("layers.0")).toEqual([1, 2]);
  expect(select("query", "embedding.weight")).toEqual([1, 3, 0]);
  expect(select("*")).toEqual([0, 1, 2, 3]);
});

test.each([
  ["embeding*", /^freeze: no parameter has a path like "embeding\*"; near it are embedding(,|$)/],
  ["layers.7", /near it are layers(,|$)/],
  ["*.qeury", /near it are query/],
  ["(.*)", /paths begin with embedding, tokens$/],
])("%s names nothing, which is refused with near names", (pattern, message) => {
  expect(() => select(pattern)).toThrow(expect.objectContaining({ code: "trainer/pattern" }));
  expect(() => select(pattern)).toThrow(message);
});
