import { parseMask, printMask, sameMask } from "@trivium/masks";
import { expect, test } from "vitest";
import { cellsOf, maskOfCells } from "./cells.ts";
import { findMask } from "./find-mask.ts";

const size = { queries: 8, keys: 8 };

const written = [
  "full",
  "!full",
  "causal",
  "!causal",
  "causal(2)",
  "causal(-1)",
  "prefix(4)",
  "window(2)",
  "window(1,2)",
  "prefix(4) | causal",
  "prefix(2) | window(1)",
  "(prefix(4) | causal) & window(3)",
  "(prefix(2) | causal) & prefix(6)",
  "documents(0,0,0,1,1,1,1,1)",
  "packed(causal; 0,0,0,1,1,1,1,1)",
  "packed(prefix([2,3]) | causal; 0,0,0,1,1,1,1,1)",
];

test.each(written)("%s is found from its picture", (text) => {
  const mask = parseMask(text);
  const found = findMask(cellsOf(mask, size));
  expect(found.differences).toBe(0);
  expect(cellsOf(parseMask(found.text), size)).toEqual(cellsOf(mask, size));
  expect(found.text.length).toBeLessThanOrEqual(printMask(mask).length);
  if (found.text.length === printMask(mask).length) expect(sameMask(parseMask(found.text), mask)).toBe(true);
});

test("a cell too many is answered by the nearest mask and the number of differences", () => {
  const cells = cellsOf(parseMask("prefix(4) | causal"), { queries: 16, keys: 16 });
  const at = 5 * 16 + 11;
  const bits = cells.bits.map((bit, index) => (index === at ? 1 - bit : bit));
  expect(findMask({ ...cells, bits })).toEqual({ text: "prefix(4) | causal", differences: 1 });
});

test("the mask that is found is the painted one", () => {
  const painted = maskOfCells(cellsOf(parseMask("prefix(3) | causal"), size));
  const found = parseMask(findMask(cellsOf(painted, size)).text);
  expect(sameMask(found, parseMask("prefix(3) | causal"))).toBe(true);
  expect(sameMask(maskOfCells(cellsOf(found, size)), painted)).toBe(true);
});

test("the largest picture that no algebra describes is answered by the nearest mask", () => {
  const random = Uint8Array.from({ length: 256 * 256 }, (_, index) => ((index * 2654435761) >>> 7) & 1);
  const { text, differences } = findMask({ queries: 256, keys: 256, bits: random });
  const { bits } = cellsOf(parseMask(text), { queries: 256, keys: 256 });
  expect(differences).toBe(bits.reduce((count, bit, index) => count + (bit === random[index] ? 0 : 1), 0));
});
