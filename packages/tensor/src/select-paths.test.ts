import { expect, test } from "vitest";
import { selectPaths } from "./select-paths.ts";

const paths = [
  "embedding.weight",
  "tokens.layers.0.query.weight",
  "tokens.layers.0.norm.gain",
  "tokens.layers.10.query.weight",
];

test.each([
  [["embed*"], [0]],
  [["tokens.layers.0"], [1, 2]],
  [["**.layers.1*"], [3]],
  [
    ["**.{query,norm}", "embedding.weight"],
    [0, 1, 2, 3],
  ],
])("%j selects a path that it fits and all below it", (patterns, selected) => {
  expect([...selectPaths(patterns, paths)].map((path) => paths.indexOf(path))).toEqual(selected);
});

test("a pattern that selects nothing is refused, with names that are near", () => {
  expect(() => selectPaths(["embeding*"], paths)).toThrow(/"embeding\*" fits no parameter: near it are embedding;/);
});
