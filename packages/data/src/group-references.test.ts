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

test("pairs of one source and other tasks stay apart, and keep their tasks", () => {
  const pair = (task: string, target: string) => ({ source: "a", target, task });
  expect(groupReferences([pair("x", "1"), pair("y", "2"), pair("x", "3")])).toEqual([
    { ...pair("x", "1"), references: ["1", "3"] },
    pair("y", "2"),
  ]);
});
