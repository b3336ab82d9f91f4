import { expect, test } from "vitest";
import { z } from "zod";
import { describeValues } from "./describe-values.ts";
import { recipeSchema } from "./recipe.ts";

const count = z.int().positive();

test.each([
  [count, "a whole number from 1"],
  [count.default(3), "a whole number from 1"],
  [count.optional(), "a whole number from 1"],
  [z.int(), "a whole number"],
  [z.int().min(0), "a whole number from 0"],
  [z.number().positive(), "a number above 0"],
  [z.number().min(0).lt(1), "a number from 0 below 1"],
  [z.number().gt(0).max(0.45), "a number above 0 to 0.45"],
  [z.boolean(), "true or false"],
  [z.string().min(1), "some text"],
  [z.enum(["all", "target"]), "all or target"],
  [z.array(z.string()), "a list"],
  [z.union([count, z.record(z.string(), count)]), 'a whole number from 1, or an object, such as {"source":1}'],
])("values of kind %# are put into words", (field, words) => expect(describeValues(field)).toBe(words));

test("every field of a recipe has words", () => {
  for (const field of Object.values(recipeSchema.shape)) {
    expect(describeValues(field)).not.toContain("another value");
  }
});
