import { modelConfigSchema } from "@trivium/model";
import { expect, test } from "vitest";
import { describeValues } from "./describe-values.ts";
import { mergeRecipes } from "./merge-recipes.ts";
import { fieldAt, readRecipe, recipeJsonSchema } from "./recipe.ts";

test("what is not said has its default, and the model's own fields stay absent", () => {
  const recipe = readRecipe({});
  expect(recipe).toMatchObject({ architecture: "causal", backend: { name: "simd" }, steps: 1000, shards: 1 });
  expect(recipe.model).toEqual({});
  expect(readRecipe(recipe)).toEqual(recipe);
  expect(readRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
});

test.each([
  [{ widht: 1 }, 'there is no "widht"'],
  [{ model: { widht: 1 } }, 'there is no "model.widht"; did you mean "width"?'],
  [{ checkpoint: { evry: 1 } }, 'there is no "checkpoint.evry"; did you mean "every"?'],
  [{ steps: 0 }, "steps: a whole number from 1, got 0"],
  [{ evaluation: { decoded: -1 } }, "evaluation.decoded: a whole number from 0, got -1"],
  [
    { data: "words.tsv" },
    'data: an object, such as {"name":"cmudict"} or {"name":"file","options":{"path":"words.tsv"}}, got "words.tsv"',
  ],
  [{ optimizer: "muon" }, 'optimizer: an object, such as {"name":"adam-w"}, got "muon"'],
  [{ lora: 8 }, 'lora: an object, such as {"rank":1}, got 8'],
  [[1], "an object of fields, got [1]"],
  [null, "an object of fields, got null"],
])("%j is refused in one line with its place", (value, message) => {
  expect(() => readRecipe(value, "run.json")).toThrow(
    expect.objectContaining({ code: "compose/recipe", message: expect.stringContaining(`run.json: ${message}`) }),
  );
});

test("editors get a JSON Schema with every field and what it means", () => {
  const { properties = {}, required = [] } = recipeJsonSchema();
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(["$schema", "model", "tokenizer", "checkpoint"]));
  expect(required).toEqual([]);
  const model = properties.model as { properties: Record<string, { description: string }> };
  expect(Object.keys(model.properties)).toHaveLength(Object.keys(modelConfigSchema.shape).length - 2);
  for (const [name, { description }] of Object.entries(model.properties)) expect(description, name).toMatch(/\w{3}/);
});

test("a field is found by its place", () => {
  expect(describeValues(fieldAt(["checkpoint", "every"])!)).toBe("a whole number from 1");
  expect(fieldAt(["optimizer", "options", "momentum"])).toBeUndefined();
});

test("a recipe over another wins field by field; options of another plugin go", () => {
  const under = {
    steps: 9,
    optimizer: { name: "muon", options: { momentum: 0.9 } },
    tokenizer: { name: "byte" },
    schedule: { options: { peak: 1 } },
  };
  expect(mergeRecipes(under, { steps: undefined, optimizer: { name: "adam-w" } })).toEqual({
    ...under,
    optimizer: { name: "adam-w" },
  });
  expect(mergeRecipes(under, { optimizer: { options: { nesterov: true } } })).toMatchObject({
    optimizer: { name: "muon", options: { momentum: 0.9, nesterov: true } },
  });
  expect(mergeRecipes(under, { schedule: { name: "constant" } })).toMatchObject({
    schedule: { name: "constant", options: { peak: 1 } },
  });
  const sides = { source: { name: "character" } };
  expect(mergeRecipes(under, { tokenizer: sides }).tokenizer).toEqual(sides);
  expect(mergeRecipes({ tokenizer: sides }, under).tokenizer).toEqual({ name: "byte" });
});
