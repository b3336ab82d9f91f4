import { expect, test } from "vitest";
import { pathMatcher } from "./path-matcher.ts";

const paths = ["embedding.weight", "tokens.layers.0.up.bias", "tokens.layers.10.up.weight", "tokens.norm.gain"];

test.each([
  [["embedding.weight"], ["embedding.weight"]],
  [["*.weight"], ["embedding.weight"]],
  [["**.weight"], ["embedding.weight", "tokens.layers.10.up.weight"]],
  [["**.{bias,gain}"], ["tokens.layers.0.up.bias", "tokens.norm.gain"]],
  [["tokens.layers.*.**"], ["tokens.layers.0.up.bias", "tokens.layers.10.up.weight"]],
  [["tokens.layers.1*.up.*"], ["tokens.layers.10.up.weight"]],
  [["**"], paths],
  [[], []],
  [
    ["embedding.*", "*.norm.*"],
    ["embedding.weight", "tokens.norm.gain"],
  ],
  [["embedding_weight"], []],
])("%j fits %j", (patterns, fitting) => {
  expect(paths.filter(pathMatcher(patterns))).toEqual(fitting);
});

test.each(["", "{a", "a}", "{a,{b,c}}", "a,b"])("%j is refused", (pattern) => {
  expect(() => pathMatcher([pattern])).toThrow(/a pattern of parameters is a path with/);
});

test("characters of regular expressions stand for themselves", () => {
  expect(["a+b", "aab", "a|b"].filter(pathMatcher(["a+b"]))).toEqual(["a+b"]);
  expect(pathMatcher(["a.b"])("axb")).toBe(false);
});

test("a pattern that fits none of the paths is named, with some of them", () => {
  expect(() => pathMatcher(["**.weight", "heads.*"], paths)).toThrow(
    /"heads\.\*" fits no parameter: the 4 paths are embedding\.weight, .*, …; "\*\*\.NAME" fits the name at any depth/,
  );
});
