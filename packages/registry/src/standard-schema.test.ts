import type { TriviumError } from "@trivium/core";
import { expect, test } from "vitest";
import { z } from "zod";
import { type StandardSchema, validateWith } from "./standard-schema.ts";

const context = { code: "demo/options", what: 'shape "circle"' };

function caught(schema: StandardSchema, value: unknown): TriviumError {
  try {
    validateWith(schema, value, context);
  } catch (error) {
    return error as TriviumError;
  }
  throw new Error("nothing was thrown");
}

test("a zod schema fits as it is: its defaults are filled in, and nothing at all is an empty object", () => {
  const schema = z.strictObject({ radius: z.number().default(2), name: z.string().optional() });
  expect(validateWith(schema, { name: "c" }, context)).toEqual({ radius: 2, name: "c" });
  expect(validateWith(schema, undefined, context)).toEqual({ radius: 2 });
});

test("every field that is wrong is named, in one line, with the code of the caller", () => {
  const schema = z.strictObject({ size: z.object({ width: z.number() }), sides: z.array(z.int()) });
  const error = caught(schema, { size: { width: "wide" }, sides: [3, 0.5], colour: "red" });
  expect(error.code).toBe("demo/options");
  expect(error.message).toMatch(/^shape "circle": size\.width: .+; sides\.1: .+; .*colour/);
  expect(error.message).not.toContain("\n");
});

test("path segments may be objects with a key, as the standard allows", () => {
  const schema: StandardSchema = {
    "~standard": {
      version: 1,
      vendor: "mine",
      validate: () => ({ issues: [{ message: "no", path: [{ key: "a" }, 0] }, { message: "whole" }] }),
    },
  };
  expect(caught(schema, {}).message).toBe('shape "circle": a.0: no; whole');
});

test("an asynchronous schema is refused: options are known before anything runs", () => {
  const schema: StandardSchema = {
    "~standard": { version: 1, vendor: "mine", validate: async (value) => ({ value }) },
  };
  expect(caught(schema, {}).code).toBe("registry/async-schema");
});
