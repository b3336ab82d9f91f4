import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonOf, runTrivium } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-runs-"));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  writeToyData(folder);
  const train = ["train", "--data", "toy.tsv", ...tiny, "--evaluate-every", "4", "--decoded", "10"];
  for (const more of [
    ["--steps", "8", "--out", "runs/a"],
    ["--architecture", "prefix", "--steps", "4", "--out", "runs/b"],
  ]) {
    expect(await runTrivium([...train, ...more], folder)).toMatchObject({ code: 0 });
  }
});

interface Listed {
  readonly runs: readonly Record<string, unknown>[];
  readonly differences: readonly { readonly path: string; readonly values: readonly string[] }[];
  readonly answers: readonly { readonly run: string; readonly shown: readonly Record<string, unknown>[] }[];
}

test("runs are listed with what they reached and what it cost", async () => {
  const { runs, differences } = await jsonOf<Listed>(["runs"], folder);
  expect(runs).toMatchObject([
    { run: "runs/a", state: "finished", step: 8, steps: 8, data: expect.stringMatching(/toy\.tsv$/) },
    { run: "runs/b", state: "finished", step: 4, steps: 4, identity: { architecture: "prefix" } },
  ]);
  for (const { best, seconds, seenTokens, loss } of runs) {
    expect(best).toMatchObject({ targetLoss: { value: expect.any(Number) }, per: { step: expect.any(Number) } });
    for (const number of [seconds, seenTokens, loss]) expect(number).toBeGreaterThan(0);
  }
  expect(differences).toEqual([]);
});

test("of runs that are named it is said what differs, and what each answers", async () => {
  const { differences, answers } = await jsonOf<Listed>(["runs", "runs/a", "runs/b", "--show", "2"], folder);
  expect(differences).toContainEqual({ path: "architecture", values: ['"causal"', '"prefix"'] });
  expect(differences).toContainEqual({ path: "schedule.steps", values: ["8", "4"] });
  expect(differences.map(({ path }) => path)).not.toContain("batch");
  expect(answers.map(({ run, shown }) => [run, shown.length])).toEqual([
    ["runs/a", 2],
    ["runs/b", 2],
  ]);
  const { source, references, pieces } = answers[0]?.shown[0] ?? {};
  expect([source, references, pieces]).toEqual([expect.any(String), [expect.any(String)], expect.any(Array)]);
  const { stdout } = await runTrivium(["runs", "runs/a", "runs/b", "--show", "2"], folder);
  expect(stdout).toMatch(/^run +architecture/);
  expect(stdout).toContain("what differs");
  expect(stdout).toMatch(/source +reference +runs\/a +runs\/b/);
});

test("evaluate shows answers too", async () => {
  const { stdout } = await runTrivium(["evaluate", "runs/a", "--decoded", "3", "--show", "3"], folder);
  expect(stdout).toMatch(/source +reference +answer: \[wrong\], \(missing\)\n(.+\n){3}/);
});

test("a recipe is taken from a run folder, and the run is repeated to the last digit", async () => {
  const repeated = ["train", "--config", "runs/a", "--out", "again"];
  const { stderr } = await runTrivium(repeated, folder);
  expect(stderr).not.toContain("warning");
  const { runs } = await jsonOf<Listed>(["runs", "runs/a", "again"], folder);
  expect(runs[1]?.loss).toEqual(expect.any(Number));
  expect(runs[0]?.loss).toBe(runs[1]?.loss);
});

test("a run that is repeated on changed data says so in one line", async () => {
  const file = join(folder, "toy.tsv");
  const before = readFileSync(file);
  appendFileSync(file, "new\tone\n");
  const { code, stderr } = await runTrivium(["train", "--config", "runs/a", "--out", "changed"], folder);
  const asked = await runTrivium(["train", "--config", "runs/a", "--data", "toy.jsonl", "--out", "asked"], folder);
  writeFileSync(file, before);
  expect(code).toBe(0);
  expect(stderr.match(/^.*warning: .*$/gm)).toEqual([
    expect.stringMatching(/the bits of runs\/a may not be repeated, .*: data was "\w+…, is "\w+…$/),
  ]);
  expect(asked.stderr).not.toContain("warning");
});

test("a folder without runs is refused with what makes one", async () => {
  mkdirSync(join(folder, "empty"));
  for (const place of ["empty", "nowhere", "toy.tsv"]) {
    const { code, stderr } = await runTrivium(["runs", place], folder);
    expect([code, stderr]).toEqual([
      2,
      `trivium: ${place} is no run and holds none; trivium train --out ${place}/NAME makes one\n`,
    ]);
  }
  const { stderr } = await runTrivium(["train", "--config", "empty"], folder);
  expect(stderr).toMatch(/^trivium: cannot use the configuration empty: .*holds no whole checkpoint/);
});

test("init writes a recipe with comments that train takes, its schema beside it, and never over a file", async () => {
  const { recipe, schema } = await jsonOf<Record<string, string>>(["init", "recipes/mine.json"], folder);
  expect([recipe, schema]).toEqual(["recipes/mine.json", "recipes/recipe.schema.json"]);
  const flags = ["--data", "toy.tsv", "--steps", "1", "--decoded", "1", "--out", "from-example"];
  expect(await runTrivium(["train", "--config", "recipes/mine.json", ...flags], folder)).toMatchObject({ code: 0 });
  const again = await runTrivium(["init", "recipes/mine.json"], folder);
  expect(again).toMatchObject({ code: 2, stderr: "trivium: recipes/mine.json is there already; name another file\n" });
});
