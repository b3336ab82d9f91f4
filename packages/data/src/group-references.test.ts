import { expect, test } from "vitest";
import { groupReferences } from "./group-references.ts";

test("pairs of a source are joined, and joining them again changes nothing", () => {
  const pairs = [
    { source: "a", target: "x" },
    { text: "a" },
    { source: "b", target: "x" },
    { source: "a", target: "y", references: ["y", "z"] },
    { source: "b", target: "x" },
    { text: "a" },
  ];
  const grouped = [
    { source: "a", target: "x", references: ["x", "y", "z"] },
    { text: "a" },
    { source: "b", target: "x" },
    { text: "a" },
  ];
  expect(groupReferences(pairs)).toEqual(grouped);
  expect(groupReferences(grouped)).toEqual(grouped);
});
