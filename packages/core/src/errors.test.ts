import { expect, test } from "vitest";
import { ConfigError, TriviumError } from "./errors.ts";

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
