import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readSettings } from "./read-settings.ts";
import { compareSchema, namedSettings, trainSchema } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

function configuration(content: unknown): string {
  const path = join(folder, "config.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

test("what is not said has its default, and the model's own settings stay absent", async () => {
  const settings = await readSettings(trainSchema, {}, []);
  expect(settings).toMatchObject({ architecture: "causal", backend: "simd", steps: 1000, resume: false, plugins: [] });
  for (const key of ["width", "length", "dropout", "data"]) expect(settings).not.toHaveProperty(key);
});

test("a flag wins over the file, and the file over the preset", async () => {
  const config = configuration({ width: 8, layers: 2 });
  const settings = await readSettings(trainSchema, { preset: "demo", config, layers: 1 }, []);
  expect(settings).toMatchObject({ width: 8, layers: 1, steps: namedSettings.demo?.steps });
});

test("a file decides the scope of the loss of a comparison, which is the target else", async () => {
  expect((await readSettings(compareSchema, {}, [])).loss).toBe("target");
  expect((await readSettings(compareSchema, { config: configuration({ loss: "all" }) }, [])).loss).toBe("all");
});

test("plugins of the file and of the flags add up", async () => {
  const config = configuration({ plugins: ["./a.ts"] });
  expect((await readSettings(trainSchema, { config }, ["./b.ts"])).plugins).toEqual(["./a.ts", "./b.ts"]);
});

test.each([
  [
    "an unknown field, with the nearest",
    { widht: 1 },
    "cli/settings",
    'there is no setting "widht"; did you mean "width"?',
  ],
  ["a field of another command", { architectures: ["causal"] }, "cli/settings", 'did you mean "architecture"?'],
  ["a wrong value, with the field", { steps: 0 }, "cli/settings", "config.json: steps: a whole number from 1, got 0"],
  ["a list", [1], "cli/config-file", "expected an object of settings, got [1]"],
  ["null", null, "cli/config-file", "expected an object of settings, got null"],
  ["text that is no JSON", "{", "cli/config-file", "config.json"],
])("a file with %s is refused", async (_, content, code, message) => {
  const config = configuration(content);
  await expect(readSettings(trainSchema, { config }, [])).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test("a wrong value of a flag is refused with its name, also where a file is right", async () => {
  const config = configuration({ learningRate: 1 });
  await expect(readSettings(trainSchema, { config, learningRate: "fast" }, [])).rejects.toMatchObject({
    code: "cli/settings",
    message: '--learning-rate: a number above 0, got "fast"',
  });
});

test("a preset that is not there is refused, whatever an object inherits", async () => {
  await expect(readSettings(trainSchema, { preset: "toString" }, [])).rejects.toMatchObject({ code: "cli/preset" });
});
