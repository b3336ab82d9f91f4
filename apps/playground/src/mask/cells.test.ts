import { causal, parseMask, visiblePairs } from "@trivium/masks";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cellsOf, maskOfCells, readCells, resizeCells, writeCells } from "./cells.ts";

const pictures = fc
  .record({
    queries: fc.integer({ min: 1, max: 20 }),
    keys: fc.integer({ min: 1, max: 20 }),
    seed: fc.infiniteStream(fc.nat(1)),
  })
  .map(({ queries, keys, seed }) => ({
    queries,
    keys,
    bits: Uint8Array.from({ length: queries * keys }, () => seed.next().value as number),
  }));

test("cells come back from their text", () => {
  fc.assert(
    fc.property(pictures, (cells) => {
      expect(readCells(writeCells(cells))).toEqual(cells);
    }),
  );
});

test("a regular picture of the largest size fits an address", () => {
  const cells = cellsOf(parseMask("(prefix(40) | causal) & window(90)"), { queries: 256, keys: 256 });
  expect(writeCells(cells).length).toBeLessThan(2000);
  expect(readCells(writeCells(cells))).toEqual(cells);
});

test.each(["", "8.8.", "0.1.AA", "1.1.A", "257.1.AAEB", "2.2.AAEB", "1.2.////", "1.2.gICAgICAgAE", "9.9.é"])(
  "%j are no cells",
  (text) => expect(readCells(text)).toBeUndefined(),
);

test("painted cells are a mask with the same pairs", () => {
  fc.assert(
    fc.property(pictures, (cells) => {
      const mask = maskOfCells(cells);
      expect(cellsOf(mask, cells)).toEqual(cells);
      expect(visiblePairs(mask, cells)).toBe(cells.bits.reduce((sum, bit) => sum + bit, 0));
    }),
    { numRuns: 30 },
  );
});

test("in another size the cells stay, and new ones are hidden", () => {
  const cells = cellsOf(causal(), { queries: 3, keys: 3 });
  expect([...resizeCells(cells, { queries: 2, keys: 4 }).bits]).toEqual([1, 0, 0, 0, 1, 1, 0, 0]);
});

test("a row of a mask with several is chosen; the last one stands for those that there are not", () => {
  const mask = parseMask("prefix([1,2])");
  const size = { queries: 1, keys: 3 };
  expect([0, 1, 7].map((row) => [...cellsOf(mask, size, row).bits])).toEqual([
    [1, 0, 0],
    [1, 1, 0],
    [1, 1, 0],
  ]);
});
