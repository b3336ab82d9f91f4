import { countModelMatrices, countModelParameters } from "@trivium/model";
import { expect, test } from "vitest";
import { causal } from "./architecture.ts";
import { causalSizes } from "./sizes.ts";

test.each([
  ["gpt-2", 124_439_808],
  ["gpt-2-medium", 354_823_168],
  ["gpt-2-large", 774_030_080],
  ["gpt-2-xl", 1_557_611_200],
] as const)("%s has the %d parameters of the released checkpoint", (name, parameters) => {
  expect(countModelParameters(causal, causalSizes[name])).toBe(parameters);
});

test("the causal decoder of Wang et al. 2022 has 4.8 billion parameters", () => {
  expect(countModelMatrices(causal, causalSizes["wang-2022"]) / 1e9).toBeCloseTo(4.762, 3);
});
