import { expect, test } from "vitest";
import { assertClose } from "./assert-close.ts";
import { at, elementwise, grid, mapRows, reduce } from "./grid.ts";

const counting = grid([2, 3], ([row, column]) => 3 * row! + column!);

test("a grid is filled in row-major order and read at its index", () => {
  expect([...counting.values]).toEqual([0, 1, 2, 3, 4, 5]);
  expect(at(counting, [1, 2])).toBe(5);
  expect([...grid([], () => 7).values]).toEqual([7]);
  expect(grid([0, 3], () => 7).values.length).toBe(0);
});

test("elementwise broadcasts as tfjs does", () => {
  const sum = elementwise(
    (a, b) => a + b,
    grid([2, 1], ([i]) => 10 * i!),
    grid([3], ([j]) => j!),
  );
  expect([sum.shape, [...sum.values]]).toEqual([
    [2, 3],
    [0, 1, 2, 10, 11, 12],
  ]);
});

test("reduce takes any axis away, mapRows works along the last", () => {
  const add = (values: readonly number[]) => values.reduce((a, b) => a + b);
  expect([...reduce(counting, 0, add).values]).toEqual([3, 5, 7]);
  expect([...reduce(counting, -1, add).values]).toEqual([3, 12]);
  expect([...mapRows(counting, (row) => row.toReversed()).values]).toEqual([2, 1, 0, 5, 4, 3]);
});

test("closeness refuses another shape, NaN, and anything beyond the tolerance", () => {
  const expected = grid([2], ([i]) => 100 * i!);
  const check = (values: number[], shape = [2]) => assertClose("it", { shape, values }, expected, 1e-3);
  expect(() => check([0.0009, 100.09])).not.toThrow();
  expect(() => check([0.0011, 100])).toThrow("it: element 0 of [2] is 0.0011, expected 0 within 0.001");
  expect(() => check([0, Number.NaN])).toThrow("element 1 of [2] is NaN");
  expect(() => check([0, 100], [1, 2])).toThrow("expected shape [2], got [1,2]");
});
