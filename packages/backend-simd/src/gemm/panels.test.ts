import { expect, test } from "vitest";
import { panelsOf } from "./panels.ts";

const shape = { transposeA: true, m: 1024, n: 256, k: 4096 };

test("a weight gradient over many rows is cut into few panels, whose sums are taken in parts", () => {
  expect(panelsOf(shape)).toEqual({ columns: false, size: 256, count: 4, depth: 512 });
  expect(panelsOf({ ...shape, m: 384, n: 1536 })).toEqual({ columns: true, size: 384, count: 4, depth: 512 });
  expect(panelsOf({ ...shape, m: 256, k: 5000 })).toEqual({ columns: false, size: 64, count: 4, depth: 512 });
});

test("other sums are taken whole", () => {
  expect(panelsOf({ ...shape, k: 4095 })).toEqual({ columns: false, size: 128, count: 8, depth: 4095 });
  expect(panelsOf({ ...shape, transposeA: false })).toEqual({ columns: false, size: 64, count: 16, depth: 4096 });
});
