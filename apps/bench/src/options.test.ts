import { TriviumError } from "@trivium/core";
import { expect, test } from "vitest";
import { z } from "zod";
import { count, counts, engineOptions, listOf, readOptions } from "./options.ts";

const schema = z.strictObject({
  width: count.default(4),
  heads: counts.prefault("1"),
  kind: listOf(["a", "b"]).optional(),
});

test("texts of flags become numbers and lists", () => {
  expect(readOptions(schema, { width: "8", heads: "2,4", kind: "b,a" }, "step")).toEqual({
    width: 8,
    heads: [2, 4],
    kind: ["b", "a"],
  });
  expect(readOptions(schema, {}, "step")).toEqual({ width: 4, heads: [1] });
});

test("no peers are an empty list", () => {
  expect(listOf(["torch"]).parse("")).toEqual([]);
});

test.each([
  [{ width: "many" }, "width"],
  [{ width: "0" }, "width"],
  [{ heads: "2,two" }, "heads"],
  [{ kind: "c" }, "kind"],
])("%o is refused, naming the flag", (flags, name) => {
  const read = () => readOptions(schema, flags, "step");
  expect(read).toThrow(`bench step: ${name}`);
  expect(TriviumError.is(caught(read), "bench/options")).toBe(true);
});

test("a precision that there is not is refused", () => {
  expect(() => readOptions(z.strictObject(engineOptions), { precision: "f16" }, "gemm")).toThrow(
    /precision.*f32.*bf16/,
  );
});

function caught(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
