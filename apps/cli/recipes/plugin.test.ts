import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonOf, runTrivium } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

/** A folder outside the repository, in which the public packages are installed. */
const folder = mkdtempSync(join(tmpdir(), "trivium-plugin-"));
const plugin = ["--plugin", "./mine.ts"];
const training = ["--data", "toy.tsv", ...tiny, "--steps", "3"];

beforeAll(() => {
  writeToyData(folder);
  const scope = join(folder, "node_modules/@trivium");
  mkdirSync(scope, { recursive: true });
  for (const name of ["generate", "masks", "model", "nn", "objectives", "tensor"]) {
    symlinkSync(join(import.meta.dirname, "../../../packages", name), join(scope, name));
  }
  copyFileSync(new URL("./fixtures/third-party.ts", import.meta.url), join(folder, "mine.ts"));
  mkdirSync(join(folder, "node_modules/installed"));
  writeFileSync(
    join(folder, "node_modules/installed/package.json"),
    '{ "name": "installed", "exports": "./index.mjs" }',
  );
  const own =
    'export const upper = { kind: "shout", name: "upper", description: "Of a new kind.", create: () => "!" };\n';
  writeFileSync(join(folder, "node_modules/installed/index.mjs"), own);
});

afterAll(() => rmSync(folder, { recursive: true }));

test("a file's plugins are listed with the shipped ones, and a package's", async () => {
  const namesOf = async (kind: string) => {
    const listed = await jsonOf<{ name: string }[]>(["list", kind, ...plugin, "--plugin", "installed"], folder);
    return listed.map(({ name }) => name);
  };
  expect(await namesOf("mask")).toEqual(expect.arrayContaining(["causal", "tethered"]));
  expect(await namesOf("objective")).toContain("tail-lm");
  expect(await namesOf("architecture")).toEqual(["causal", "prefix", "encoder-decoder", "paired", "tethered"]);
  expect(await namesOf("corruption")).toContain("backwards");
  expect(await namesOf("positions")).toEqual(expect.arrayContaining(["rotary", "cyclic"]));
  expect(await namesOf("strategy")).toContain("restless");
  expect(await namesOf("shout")).toEqual(["upper"]);
});

test("the mask is drawn by name", async () => {
  const { visiblePairs } = await jsonOf<{ visiblePairs: number }>(
    ["mask", "tethered(1)", "--queries", "4", ...plugin],
    folder,
  );
  expect(visiblePairs).toBe(1 + 2 + 3 + 3);
});

test("a combinator of the user's is drawn, and printed in the language of masks", async () => {
  const drawn = await jsonOf(["mask", "paired(tethered(reach=1))&full", "--queries", "4", ...plugin], folder);
  expect(drawn).toMatchObject({ mask: "paired(tethered(1)) & full", visiblePairs: 1 + 1 + 3 + 3 });
});

test("the architecture trains with the objective; the run remembers the plugin and takes it twice", async () => {
  const own = ["--architecture", "tethered", "--objective", "tail-lm", "--out", "run"];
  const trained = await jsonOf<{ reason: string }>(["train", ...training, ...own, ...plugin], folder);
  expect(trained.reason).toBe("finished");
  expect(await jsonOf(["generate", "run", "ab"], folder)).toHaveLength(1);
  expect(await jsonOf(["generate", "run", "ab", ...plugin], folder)).toHaveLength(1);
  writeFileSync(join(folder, "other.tsv"), "abcd\tdcba\ndddd\tdddd\n");
  const { targetTokens } = await jsonOf<{ targetTokens: number }>(["evaluate", "run", "--data", "other.tsv"], folder);
  // Scored on every target token and its end, whatever the objective of training left out.
  expect(targetTokens).toBe("dcba".length + "dddd".length + 2);
});

test("a corruption, positions, a combinator in an architecture and a strategy of the user's work together; the run remembers all", async () => {
  const positions = ["--positions", '{"kind":"cyclic","period":3}'];
  const own = [
    "--architecture",
    "paired",
    "--objective",
    "backwards-lm",
    "--tokenizer",
    "character",
    ...positions,
    "--out",
    "all",
  ];
  const trained = await jsonOf<{ reason: string }>(["train", ...training, ...own, ...plugin], folder);
  expect(trained.reason).toBe("finished");
  const generating = ["generate", "all", "abc", "--strategy", "restless", "--tokens", "6"];
  const [{ answer }] = await jsonOf<[{ answer: string }]>(generating, folder);
  expect(answer).toMatch(/^(?!.*(.)\1).+$/);
});

test("the architecture is an arm of a comparison, from a configuration", async () => {
  const data = { name: "file", options: { path: "toy.tsv" } };
  const config = { plugins: ["./mine.ts"], data, model: { width: 8, layers: 1, heads: 2 }, steps: 3 };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const flags = ["--config", "config.json", "--architectures", "causal,tethered"];
  const report = await jsonOf<{ arms: { name: string; objective: string }[] }>(["compare", ...flags], folder);
  expect(report.arms).toMatchObject([
    { name: "causal", objective: "causal-lm" },
    { name: "tethered", objective: "causal-lm" },
  ]);
  expect(readFileSync(join(folder, "comparison/report.html"), "utf8")).toContain("tethered: tokens");
});

test("without the plugin its names are unknown", async () => {
  const { code, stderr } = await runTrivium(["train", ...training, "--architecture", "tethered"], folder);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('there is no architecture "tethered"') });
});
