import { readRecipe, recipeSchema } from "@trivium/compose";
import stripJsonComments from "strip-json-comments";
import { expect, test } from "vitest";
import { commentedRecipe } from "./commented-recipe.ts";

test("the example without its comments is the recipe of all defaults, and it names every field", () => {
  const text = commentedRecipe({});
  expect(readRecipe(JSON.parse(stripJsonComments(text)))).toEqual(readRecipe({}));
  for (const field of Object.keys(recipeSchema.shape)) expect(text, field).toContain(`"${field}": `);
});

test("values of an example stand in place of defaults, inside of objects too", () => {
  const text = commentedRecipe({ steps: 5, model: { width: 32 }, data: { name: "scan" } });
  const recipe = readRecipe(JSON.parse(stripJsonComments(text)));
  expect(recipe).toMatchObject({ steps: 5, model: { width: 32 }, data: { name: "scan" } });
});
