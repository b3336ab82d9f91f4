import { expect, test } from "vitest";
import { countSpecs, flattenSpecs, type SpecTree } from "./spec-tree.ts";

const spec = (...shape: number[]) => ({ shape, initial: { deviation: 1 } });
const specs: SpecTree = { layers: { 0: { up: { weight: spec(3, 4), bias: spec(4) } } }, scale: spec() };

test("specifications are found by their dotted paths, in the order in which they were written", () => {
  expect(Object.entries(flattenSpecs(specs)).map(([path, { shape }]) => [path, shape])).toEqual([
    ["layers.0.up.weight", [3, 4]],
    ["layers.0.up.bias", [4]],
    ["scale", []],
  ]);
});

test("a scalar counts as one number, a matrix as its rows times its columns", () => {
  expect(countSpecs(specs)).toBe(12 + 4 + 1);
  expect(countSpecs({})).toBe(0);
});
