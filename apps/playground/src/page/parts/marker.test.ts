import { expect, test } from "vitest";
import { markedPoints, markerPath } from "./marker.ts";

test("few points are all marked, many evenly and with the last one", () => {
  expect(markedPoints([1, null, 2, undefined, 3])).toEqual([0, 2, 4]);
  expect(markedPoints([])).toEqual([]);
  const many = markedPoints(Array.from({ length: 400 }, (_, at) => (at % 2 === 0 ? at : null)));
  expect(many).toHaveLength(8);
  expect(many.at(-1)).toBe(398);
  expect(new Set(many.slice(1).map((at, index) => at - (many[index] ?? 0)))).toEqual(new Set([50]));
});

test("the three markers have outlines of their own", () => {
  const paths = (["circle", "square", "triangle"] as const).map((marker) => markerPath(marker, 4, 4, 3));
  expect(new Set(paths).size).toBe(3);
});
