import { readRecipe } from "@trivium/compose";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { addSettingFlags, readFlag, recipeFields } from "./setting-flags.ts";
import { compareSchema, namedRecipes, trainSchema } from "./settings.ts";

describe("the text of a flag", () => {
  const cases: readonly [what: string, field: z.ZodType, text: string, value: unknown][] = [
    ["is a name where a name is right, even if it looks like a number", z.string(), "1e3", "1e3"],
    ["is a name where a name is right, even if it looks like JSON", z.string(), '"a"', '"a"'],
    ["is a number where a number is right", z.number(), "1e-3", 0.001],
    ["is a truth value where one is right", z.boolean(), "false", false],
    ["is a word of a list of words", z.enum(["all", "target"]), "target", "target"],
    ["is a list with commas", z.array(z.string()), "causal,prefix", ["causal", "prefix"]],
    ["is a list of one", z.array(z.string()), "causal", ["causal"]],
    ["is JSON where only an object is right", z.record(z.string(), z.int()), '{"source":2}', { source: 2 }],
    ["is one of two kinds, whichever fits", z.union([z.int(), z.record(z.string(), z.int())]), "2", 2],
    ["is left to the schema to refuse if nothing fits", z.int(), "1.5", 1.5],
    ["is left as it is if it is not even JSON", z.int(), "many", "many"],
  ];
  test.each(cases)("%s", (_, field, text, value) => expect(readFlag(field, text)).toEqual(value));
});

const ofTrain = { ...recipeFields(), ...trainSchema.shape };
const ofCompare = { ...recipeFields(["architecture"]), ...compareSchema.shape };
type Fields = Readonly<Record<string, z.ZodType>>;

/** Returns the options that a command line gives. */
function optionsOf(fields: Fields, words: readonly string[]): Record<string, unknown> {
  const command = addSettingFlags(new Command(), fields).exitOverride();
  return command.parse([...words], { from: "user" }).opts();
}

test("every field but plugins has a flag in kebab-case", () => {
  for (const fields of [ofTrain, ofCompare] as Fields[]) {
    const flags = addSettingFlags(new Command(), fields).options.map((option) => option.attributeName());
    expect(flags.toSorted()).toEqual([...Object.keys(fields), "config", "preset"].toSorted());
    expect(flags.slice(-2)).toEqual(["config", "preset"]);
  }
  expect(optionsOf(ofTrain, ["--learning-rate", "0.5"])).toEqual({ learningRate: 0.5 });
});

test("every kind of a recipe takes options", () => {
  const kinds = ["data", "tokenizer", "source-tokenizer", "target-tokenizer", "objective", "model", "optimizer"];
  for (const kind of [...kinds, "schedule", "backend", "attention"]) {
    const [options] = Object.values(optionsOf(ofTrain, [`--${kind}-options`, '{"a":1}']));
    expect(options, kind).toEqual({ a: 1 });
  }
});

test("a switch needs no value and takes one", () => {
  expect(optionsOf(ofTrain, ["--resume"])).toEqual({ resume: true });
  expect(optionsOf(ofTrain, ["--resume", "false", "--biases"])).toEqual({ resume: false, biases: true });
});

test("a part of the model is a word, or JSON with its options", () => {
  const read = (...words: string[]) => optionsOf(ofTrain, words);
  expect(read("--positions", "alibi")).toEqual({ positions: "alibi" });
  const rotary = { kind: "rotary", base: 5000 };
  expect(read("--positions", JSON.stringify(rotary), "--norm", "rms")).toEqual({ positions: rotary, norm: "rms" });
});

test("help has headings, under which what most people want comes first", () => {
  const flagsUnder = (fields: Fields, heading: string) => {
    const [, lines = ""] = addSettingFlags(new Command(), fields).helpInformation().split(`\n${heading}\n`);
    return [...(lines.split("\n\n")[0] as string).matchAll(/^ {2}--([\w-]+)/gm)].map(([, flag]) => flag);
  };
  const firsts = (fields: Fields) =>
    ["Data:", "Model:", "Training:", "Output:"].map((heading) => flagsUnder(fields, heading)[0]);
  expect(firsts(ofTrain)).toEqual(["data", "architecture", "steps", "out"]);
  expect(firsts(ofCompare)).toEqual(["data", "architectures", "steps", "out"]);
  expect(flagsUnder(ofTrain, "Options:")).toEqual(["config", "preset"]);
  expect(flagsUnder(ofTrain, "Training:")).toContain("bucket-batches");
});

test("what is on by default says how it is turned off", () => {
  const { options } = addSettingFlags(new Command(), ofTrain);
  const said = options.filter(({ description }) => description.includes("; off: "));
  expect(
    said.map(({ long, description }) => [long, description.includes(`(default: true; off: ${long} false)`)]),
  ).toEqual([["--biases", true]]);
});

test("every setting says what it is", () => {
  for (const option of addSettingFlags(new Command(), ofTrain).options) {
    expect(option.description, option.flags).toMatch(/\w{3}/);
  }
});

test("the named recipes are recipes", () => {
  for (const recipe of Object.values(namedRecipes)) expect(readRecipe(recipe).steps).toBe(recipe.steps);
});
