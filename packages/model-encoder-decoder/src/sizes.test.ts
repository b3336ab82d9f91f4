import { countModelMatrices, countModelParameters } from "@trivium/model";
import { expect, test } from "vitest";
import { encoderDecoder } from "./architecture.ts";
import { encoderDecoderSizes } from "./sizes.ts";

test.each([
  ["t5-small", 60_506_624],
  ["t5-base", 222_903_552],
  ["t5-large", 737_668_096],
  ["t5-3b", 2_851_598_336],
  ["t5-11b", 11_307_321_344],
] as const)("%s has the %d parameters of the released checkpoint", (name, parameters) => {
  expect(countModelParameters(encoderDecoder, encoderDecoderSizes[name])).toBe(parameters);
});

test("the encoder–decoder of Wang et al. 2022 has 11.0 billion parameters", () => {
  expect(countModelMatrices(encoderDecoder, encoderDecoderSizes["wang-2022"]) / 1e9).toBeCloseTo(11.003, 3);
});
