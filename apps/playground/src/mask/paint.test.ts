import { expect, test } from "vitest";
import type { Cells } from "./cells.ts";
import { cellsOfArea, cellsOfDiagonal, cellsOfLine, painted, spanOf } from "./paint.ts";

const cells: Cells = { queries: 4, keys: 5, bits: new Uint8Array(20) };
const rows = ({ bits, keys }: Cells) => bits.join("").match(new RegExp(`.{${keys}}`, "g"));

test("a rectangle is the same from every corner", () => {
  const area = spanOf({ query: 2, key: 1 }, { query: 1, key: 3 });
  expect(area).toEqual(spanOf({ query: 1, key: 3 }, { query: 2, key: 1 }));
  expect(rows(painted(cells, cellsOfArea(area), 1))).toEqual(["00000", "01110", "01110", "00000"]);
});

test("a diagonal goes up and down, and ends at the edge", () => {
  const up = cellsOfDiagonal({ query: 3, key: 1 }, { query: 0, key: 4 }, cells);
  expect(rows(painted(cells, up, 1))).toEqual(["00000", "00000", "10000", "01000"]);
  const down = cellsOfDiagonal({ query: 0, key: 3 }, { query: 3, key: 0 }, cells);
  expect(rows(painted(cells, down, 1))).toEqual(["00010", "00001", "00000", "00000"]);
});

test("a quick stroke leaves no gap", () => {
  expect(rows(painted(cells, cellsOfLine({ query: 0, key: 0 }, { query: 3, key: 4 }), 1))).toHaveLength(4);
  expect(cellsOfLine({ query: 0, key: 0 }, { query: 0, key: 3 }).map(({ key }) => key)).toEqual([0, 1, 2, 3]);
  expect(cellsOfLine({ query: 1, key: 1 }, { query: 1, key: 1 })[0]).toEqual({ query: 1, key: 1 });
});
