import { expect, test } from "vitest";
import { ConfigError, DataError, NumericsError, TriviumError } from "./errors.ts";

test("an error keeps its code, details and cause", () => {
  const cause = new Error("inner");
  const error = new ConfigError("config/width", "width must be positive", { details: { width: -1 }, cause });
  expect(error).toMatchObject({ name: "ConfigError", code: "config/width", details: { width: -1 }, cause });
});

test("is() asks by marker and code, so that a second copy of the package is recognised", () => {
  const foreign = Object.assign(new Error("x"), { [Symbol.for("trivium.error")]: true, code: "a/b" });
  expect(TriviumError.is(foreign)).toBe(true);
  expect(TriviumError.is(foreign, "a/b")).toBe(true);
  expect(TriviumError.is(foreign, "a/c")).toBe(false);
  expect(TriviumError.is(new Error("x"))).toBe(false);
  expect(TriviumError.is(null)).toBe(false);
});

test("is() of a class leaves the other classes out, in a second copy too", () => {
  const foreign = { name: "DataError", [Symbol.for("trivium.error")]: true, code: "data/line" };
  for (const error of [new DataError("data/line", "x"), Object.assign(new Error("x"), foreign)]) {
    expect(DataError.is(error)).toBe(true);
    expect(DataError.is(error, "data/line")).toBe(true);
    expect(NumericsError.is(error)).toBe(false);
    expect(NumericsError.is(error, "data/line")).toBe(false);
    expect(TriviumError.is(error)).toBe(true);
  }
});
