import { countModelMatrices, countModelParameters } from "@trivium/model";
import { expect, test } from "vitest";
import { prefix } from "./architecture.ts";
import { prefixSizes } from "./sizes.ts";

test("one stack of T5-base has 109.6 million parameters", () => {
  expect(countModelParameters(prefix, prefixSizes["t5-base-stack"])).toBe(109_628_544);
});

test("the prefix decoder of Wang et al. 2022 has 4.8 billion parameters, as many as the causal one", () => {
  expect(countModelMatrices(prefix, prefixSizes["wang-2022"]) / 1e9).toBeCloseTo(4.762, 3);
});
