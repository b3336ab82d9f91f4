import { expect, test } from "vitest";
import { loadRegistry } from "../load-registry.ts";
import { findClaims } from "./find-claims.ts";

const registry = await loadRegistry([]);
const idsOf = (ids: readonly string[]) => findClaims(ids, registry).map(({ id }) => id);

test("the eleven of the article and denoising are there; no id means all of them, and so does the word", () => {
  expect(idsOf([]).sort()).toEqual([
    "attention-cost",
    "denoising-pretraining",
    "in-context-learning",
    "long-input",
    "mask-difficulty",
    "one-sided-context",
    "parameters-and-compute",
    "prefix-supervision",
    "prefix-use",
    "prompt-encoding",
    "training-efficiency",
    "zero-shot",
  ]);
  expect(idsOf(["all"])).toEqual(idsOf([]));
});

test("claims come in the order in which they are named, each once", () => {
  expect(idsOf(["zero-shot", "long-input", "zero-shot"])).toEqual(["zero-shot", "long-input"]);
  expect(idsOf(["zero-shot", "all"])).toEqual(["zero-shot", ...idsOf([]).filter((id) => id !== "zero-shot")]);
  expect(() => idsOf(["zero-shoot"])).toThrow('did you mean "zero-shot"?');
});
