import { expect, test } from "vitest";
import { entropyOf } from "./logits.ts";

test("entropy is log V where all tokens are equal, 0 where one has all probability, and counts no impossible token", () => {
  expect(entropyOf(Float32Array.of(3, 3, 3, 3))).toBeCloseTo(Math.log(4), 6);
  expect(entropyOf(Float32Array.of(0, -Infinity, -Infinity))).toBe(0);
  expect(entropyOf(Float32Array.of(Math.log(3), 0, -Infinity))).toBeCloseTo(Math.log(4) - 0.75 * Math.log(3), 6);
});
