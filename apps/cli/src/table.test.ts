import { expect, test } from "vitest";
import { table } from "./table.ts";

test("words stand to the left, numbers to the right, under their heading", () => {
  const rows = [
    ["arm", "loss", "note"],
    ["causal", "1,234.5", "a"],
    ["β", "–", ""],
  ];
  expect(table(rows)).toBe(["arm        loss  note", "causal  1,234.5  a", "β             –"].join("\n"));
});

test("a table of nothing is empty", () => expect(table([])).toBe(""));
