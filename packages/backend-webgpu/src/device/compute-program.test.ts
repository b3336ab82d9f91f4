import fc from "fast-check";
import { expect, test } from "vitest";
import { defineProgram, foldGroups, MOST_GROUPS, packNumbers, shaderOf } from "./compute-program.ts";
import { assertBindable } from "./recorder.ts";

const program = defineProgram({
  name: "example",
  buffers: { x: "read f32", y: "write i32" },
  numbers: { scale: "f32", offset: "i32", count: "u32", seed: "i32" },
  lanes: 64,
  code: "fn work(group: u32, lane: u32) {}",
});

test("workgroups fold into two dimensions, each within the limit, with less than a row too many", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (groups) => {
      const [x, y] = foldGroups(groups);
      expect(x).toBeLessThanOrEqual(MOST_GROUPS);
      expect(y).toBeLessThanOrEqual(MOST_GROUPS);
      expect(x * y).toBeGreaterThanOrEqual(groups);
      expect(x * y - groups).toBeLessThan(y);
    }),
  );
  expect(foldGroups(MOST_GROUPS)).toEqual([MOST_GROUPS, 1]);
  expect(foldGroups(MOST_GROUPS + 1)).toEqual([32_768, 2]);
});

test("numbers are packed in the order of their fields, after the number of workgroups, each by its type", () => {
  const bytes = packNumbers(program, 7, { scale: 0.5, offset: -3, count: 2 ** 32 - 1, seed: 2 ** 31 });
  const view = new DataView(bytes);
  expect(bytes.byteLength % 16).toBe(0);
  expect(view.getUint32(0, true)).toBe(7);
  expect(view.getFloat32(4, true)).toBe(0.5);
  expect(view.getInt32(8, true)).toBe(-3);
  expect(view.getUint32(12, true)).toBe(2 ** 32 - 1);
  expect(view.getInt32(16, true)).toBe(-(2 ** 31));
});

test("a shader declares its buffers in the order of their bindings, and its numbers as a struct", () => {
  const shader = shaderOf(program);
  expect(shader).toContain("@group(0) @binding(0) var<storage, read> x: array<f32>;");
  expect(shader).toContain("@group(0) @binding(1) var<storage, read_write> y: array<i32>;");
  expect(shader).toContain("@group(0) @binding(2) var<uniform> numbers: Numbers;");
  expect(shader).toMatch(/groups: u32,\s+scale: f32,\s+offset: i32,\s+count: u32,\s+seed: i32,/);
});

test("a tensor that the device cannot bind is refused, with its bytes, the limit and a remedy", () => {
  const limits = { maxStorageBufferBindingSize: 128, maxBufferSize: 256 };
  expect(() => assertBindable(128, limits)).not.toThrow();
  expect(() => assertBindable(129, limits)).toThrow(/takes 129 bytes.*at most 128 in one; take smaller batches/);
  expect(() => assertBindable(300, { ...limits, maxStorageBufferBindingSize: 2 ** 30 })).toThrow(/at most 256 in one/);
});
