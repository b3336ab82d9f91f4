import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { readRecipe } from "@trivium/compose";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { lastingRecipe } from "./lasting-recipe.ts";
import { loadRegistry } from "./load-registry.ts";
import { withFittingLoss } from "./loss-scope.ts";
import { onEngine } from "./open-run.ts";
import { readRecipeFlags, readSettings, requireData } from "./read-settings.ts";
import { recipeOfFlags } from "./recipe-of-flags.ts";
import { readFlag } from "./setting-flags.ts";
import { namedRecipes, trainSchema } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));
const words = join(folder, "words.tsv");
writeFileSync(words, "a\tb\n");
const registry = await loadRegistry([]);

function configuration(content: unknown): string {
  const path = join(folder, "config.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** Reads flags as `train` does; the registry remembers which plugins were asked for. */
const read = (flags: Record<string, unknown>, plugins: readonly string[] = []) =>
  readSettings(trainSchema, { flags, plugins, registry: async () => registry });

test("flags are fields of the recipe; what is not said has its default", async () => {
  const { recipe, settings } = await read({ width: 8, learningRate: 0.5, threads: 2, keep: 3, resume: true });
  expect(recipe).toEqual(
    readRecipe({
      model: { width: 8 },
      schedule: { options: { peak: 0.5 } },
      backend: { options: { threads: 2 } },
      checkpoint: { keep: 3 },
    }),
  );
  expect(settings).toMatchObject({ resume: true, profile: false });
});

test("every kind takes options, and a flag of its own comes before them", async () => {
  const options = { optimizerOptions: { weightDecay: 1, beta1: 0.5 }, weightDecay: 0.1 };
  expect((await read({ optimizer: "muon", ...options })).recipe.optimizer).toEqual({
    name: "muon",
    options: { weightDecay: 0.1, beta1: 0.5 },
  });
  const sides = { sourceTokenizer: "byte", targetTokenizer: "character", targetTokenizerOptions: { alphabet: "ab" } };
  expect((await read(sides)).recipe.tokenizer).toEqual({
    source: { name: "byte" },
    target: { name: "character", options: { alphabet: "ab" } },
  });
});

test("data is a dataset by name, or a file with the shares that are held out", async () => {
  const of = async (flags: Record<string, unknown>) => (await read(flags)).recipe.data;
  expect(await of({ data: "scan", dataOptions: { split: "length" } })).toEqual({
    name: "scan",
    options: { split: "length" },
  });
  expect(await of({ data: words, heldOut: 0.2 })).toEqual({
    name: "file",
    options: { path: words, validation: 0.2, test: 0.2 },
  });
  const config = configuration({ data: { name: "file", options: { path: words } } });
  expect(await of({ config, heldOut: 0.1 })).toEqual({
    name: "file",
    options: { path: words, validation: 0.1, test: 0.1 },
  });
  const asked = { sourceColumn: 2, targetColumn: "German", repeated: "all" };
  expect(await of({ data: words, heldOut: 0, ...asked })).toEqual({
    name: "file",
    options: { path: words, validation: 0, test: 0, ...asked },
  });
  await expect(of({ data: "scan", repeated: "all" })).rejects.toThrow("--repeated is for your own file, and scan is a");
  expect(await of({ data: "scan", tooLong: "cut" })).toEqual({ name: "scan" });
  await expect(of({ data: "scan", heldOut: 0.1 })).rejects.toThrow("--held-out is for your own file");
  await expect(of({ data: words, tooLong: "shorten" })).rejects.toThrow("--too-long: error or skip or cut");
  await expect(of({ data: "nope.tsv" })).rejects.toThrow(/there is no file nope\.tsv.*or one of: cmudict/);
  expect(() => requireData({ recipe: readRecipe({}), registry })).toThrow(/which data\?/);
});

test("a configuration may begin with a byte order mark; UTF-16 and keys that stand twice are named", async () => {
  const of = async (content: string | Buffer) => {
    writeFileSync(join(folder, "config.json"), content);
    return (await read({ config: join(folder, "config.json") })).recipe.steps;
  };
  expect(await of('\uFEFF{"steps": 7}')).toBe(7);
  await expect(of(Buffer.from('\uFEFF{"steps": 7}', "utf16le"))).rejects.toThrow(/config\.json: it is UTF-16/);
  await expect(of(Buffer.from('{"steps": 7}', "utf16le"))).rejects.toThrow(/config\.json: it holds NUL bytes/);
  await expect(of('{"steps": 7, "steps": 8}')).rejects.toThrow('config.json: the key "steps" stands twice');
  await expect(of('{"model": {"width": 8, "width": 16}}')).rejects.toThrow('the key "width" stands twice');
  expect(readFlag(z.record(z.string(), z.json()), '\uFEFF{"split": 1}')).toEqual({ split: 1 });
  expect(() => readFlag(z.record(z.string(), z.json()), '{"split": 1, "split": 2}')).toThrow('"split" stands twice');
});

test("a configuration that is a device, a loop of links or a folder is refused before it is read", async () => {
  const [device, loop] = [join(folder, "device.json"), join(folder, "loop.json")];
  symlinkSync("/dev/zero", device);
  symlinkSync(loop, loop);
  await expect(read({ config: device })).rejects.toThrow(`${device}: it is a device, not a file`);
  await expect(read({ config: loop })).rejects.toThrow(/loop\.json: ELOOP/);
  await expect(read({ config: folder })).rejects.toThrow("it is a folder that holds no whole checkpoint of a run");
});

test("a flag wins over the file, and the file over the preset", async () => {
  const config = configuration({ $schema: "recipe.schema.json", model: { width: 8, layers: 2 } });
  const { recipe } = await read({ preset: "demo", config, layers: 1 });
  expect(recipe.model).toMatchObject({ width: 8, layers: 1, heads: 8 });
  expect(recipe.steps).toBe(namedRecipes.demo?.steps);
});

test("a file decides what lies over a command's own default", async () => {
  const under = { objective: { options: { loss: "target" } } };
  const of = async (flags: Record<string, unknown>) =>
    (await readSettings(trainSchema, { flags, plugins: [], registry: async () => registry }, under)).recipe.objective;
  expect(await of({})).toEqual(under.objective);
  const config = configuration({ objective: { options: { loss: "all" } } });
  expect(await of({ config })).toEqual({ options: { loss: "all" } });
});

test("loss on the target goes to causal-lm, and is what the others do anyway", () => {
  const objective = { options: { loss: "target", zLoss: 1 } };
  const of = (architecture: string) => withFittingLoss(readRecipe({ architecture, objective }), registry).objective;
  expect(of("causal")).toEqual(objective);
  expect(of("prefix")).toEqual({ options: { zLoss: 1 } });
});

test("the scope of a command's default is left out for each objective that has none", () => {
  for (const name of ["prefix-lm", "seq2seq", "span-corruption", "masked-lm", "ul2"]) {
    const recipe = readRecipe({ architecture: "causal", objective: { name, options: { loss: "target" } } });
    expect(withFittingLoss(recipe, registry).objective, name).toEqual({ name, options: {} });
  }
  const objective = { name: "fill-in-the-middle", options: { loss: "target" } };
  expect(withFittingLoss(readRecipe({ objective }), registry).objective).toEqual(objective);
});

test("plugins of the file and of the flags add up", async () => {
  const config = configuration({ plugins: ["./a.ts"] });
  expect((await read({ config }, ["./b.ts"])).recipe.plugins).toEqual(["./a.ts", "./b.ts"]);
});

test("a run remembers its data by an absolute path", () => {
  const data = { name: "file", options: { path: relative(process.cwd(), words), test: 0.1 } };
  expect(lastingRecipe(readRecipe({ data })).data).toEqual({ name: "file", options: { path: words, test: 0.1 } });
});

test("flags change the engine of a run; what was chosen for its backend is not for another", () => {
  const engine = { backend: { name: "simd", options: { threads: 4 } }, attention: { name: "fused" } };
  const of = (flags: Record<string, unknown>) => {
    const { backend, attention } = onEngine(readRecipe(engine), recipeOfFlags(readRecipeFlags(flags)));
    return { backend, attention };
  };
  expect(of({})).toEqual(engine);
  expect(of({ threads: 2, gemm: "wasm" }).backend).toEqual({ name: "simd", options: { threads: 2, gemm: "wasm" } });
  expect(of({ backend: "cpu" })).toEqual({ backend: { name: "cpu" }, attention: {} });
  expect(of({ backend: "cpu", attention: "reference" }).attention).toEqual({ name: "reference" });
  expect(() => of({ precision: "half" })).toThrow(/^--precision: /);
  expect(() => of({ threads: 0 })).toThrow(/^--threads: /);
});

test.each([
  ["an unknown field, with the nearest", { stepz: 1 }, "compose/recipe", 'there is no "stepz"; did you mean "steps"?'],
  ["a field of the model at the top", { model: { widht: 8 } }, "compose/recipe", 'did you mean "width"?'],
  ["a wrong value, with the field", { steps: 0 }, "compose/recipe", "config.json: steps: a whole number from 1, got 0"],
  ["a list", [1], "compose/recipe", "an object of fields, got [1]"],
  ["null", null, "compose/recipe", "an object of fields, got null"],
  ["text that is no JSON", "{", "cli/config-file", "config.json"],
])("a file with %s is refused", async (_, content, code, message) => {
  await expect(read({ config: configuration(content) })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test("a wrong value of a flag is refused with its name, also where a file is right", async () => {
  const config = configuration({ schedule: { options: { peak: 1 } } });
  await expect(read({ config, learningRate: "fast" })).rejects.toMatchObject({
    code: "cli/settings",
    message: '--learning-rate: a number above 0, got "fast"',
  });
});

test("a preset that is not there is refused, whatever an object inherits", async () => {
  await expect(read({ preset: "toString" })).rejects.toMatchObject({ code: "cli/preset" });
});
