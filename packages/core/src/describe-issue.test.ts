import { expect, test } from "vitest";
import { describeIssue, type SchemaIssue } from "./describe-issue.ts";

const said = (issue: Partial<SchemaIssue>, value: unknown) =>
  describeIssue({ path: ["a"], message: "", ...issue }, value);

test.each<[Partial<SchemaIssue>, unknown, string]>([
  [{ code: "invalid_type", expected: "int" }, { a: 1.5 }, "a: expected a whole number, got 1.5"],
  [{ code: "invalid_type", expected: "array", path: [] }, "x", 'expected a list, got "x"'],
  [{ code: "invalid_type", expected: "record" }, { a: [] }, "a: expected an object of fields, got […]"],
  [{ code: "invalid_type", expected: "boolean" }, {}, "a: expected true or false, got nothing"],
  [{ code: "invalid_type", expected: "string" }, { a: true }, "a: expected a text, got true"],
  [{ code: "too_small", origin: "number", minimum: 0 }, { a: -1 }, "a: expected a number above 0, got -1"],
  [{ code: "too_big", origin: "int", maximum: 9, inclusive: true }, { a: 10 }, "a: expected a number up to 9, got 10"],
  [
    { code: "too_small", origin: "array", minimum: 1, inclusive: true },
    { a: [] },
    "a: expected a length from 1, got […]",
  ],
  [{ code: "invalid_value", values: ["x", 2] }, { a: null }, 'a: expected "x" or 2, got null'],
  [{ code: "unrecognized_keys", keys: ["b"] }, { a: { b: 1 } }, 'a: there is no field "b"'],
  [{ code: "custom", message: "one of x, y" }, { a: "z" }, 'a: expected one of x, y, got "z"'],
  [{ code: "invalid_union", message: "Invalid input" }, { a: { deep: {} } }, "a: expected another form, got {…}"],
])("%j of %j", (issue, value, words) => expect(said(issue, value)).toBe(words));

test("a number of many digits is told, which JSON does not know", () => {
  expect(said({ code: "invalid_type", expected: "number" }, { a: 3n })).toBe("a: expected a number, got 3");
});
