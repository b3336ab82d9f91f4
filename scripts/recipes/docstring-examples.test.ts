/** Every `@example` of a docstring runs from source, and the results that it shows are true. */
import { fork } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docstringExamples } from "../readme/docstring-examples.ts";
import { onlyParsed } from "../readme/only-parsed.ts";
import type { DocstringEnd } from "../readme/run-docstrings.ts";
import { repositoryRoot } from "../workspace.ts";

const files = globSync("packages/*/src/**/*.ts", { cwd: repositoryRoot })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => !/\.(test|test-d|bench)\.ts$/.test(path))
  .sort();
const examples = files.flatMap((file) =>
  docstringExamples(readFileSync(join(repositoryRoot, file), "utf8")).map(({ line }, at) => ({
    place: `${file}:${line}`,
    name: at === 0 ? file : `${file}#${at + 1}`,
  })),
);
const folder = mkdtempSync(join(tmpdir(), "docstring-examples-"));
const ends = new Map<string, DocstringEnd>();
let stderr = "";

beforeAll(async () => {
  const runner = fileURLToPath(new URL("../readme/run-docstrings.ts", import.meta.url));
  const child = fork(runner, files, {
    cwd: folder,
    // Examples that name models of the hub ask nobody.
    env: { ...process.env, HF_HUB_OFFLINE: "1", HF_HOME: folder },
    execArgv: ["--conditions=@trivium/source"],
    timeout: 300_000,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  child.stderr?.on("data", (text) => {
    stderr += text;
  });
  child.on("message", (end: DocstringEnd) => ends.set(end.place, end));
  await new Promise((resolve) => child.on("close", resolve));
}, 400_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(examples)("the example of $place runs, or lacks what is known", ({ place, name }) => {
  const end = ends.get(place);
  expect(end, `its process ended before:\n${stderr}`).toBeDefined();
  const lacks = onlyParsed[name];
  if (lacks === undefined) expect(end?.failure).toBeUndefined();
  else expect(end?.failure).toContain(lacks);
});

test("every example that is only parsed is there", () => {
  expect(Object.keys(onlyParsed).filter((name) => !examples.some((example) => example.name === name))).toEqual([]);
});
