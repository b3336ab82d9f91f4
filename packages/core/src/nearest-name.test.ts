import { expect, test } from "vitest";
import { editDistance, nearestName } from "./nearest-name.ts";

test("the nearest name is found, a far one is not", () => {
  expect(nearestName("casual", ["causal", "prefix"])).toBe("causal");
  expect(nearestName("Prefx", ["causal", "prefix"])).toBe("prefix");
  expect(nearestName("zzzzzz", ["causal", "prefix"])).toBeUndefined();
});

test("edit distance counts insertions, deletions and substitutions of any items", () => {
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance(["AH", "B"], ["AH", "P", "B"])).toBe(1);
  expect(editDistance([], [1, 2])).toBe(2);
});
