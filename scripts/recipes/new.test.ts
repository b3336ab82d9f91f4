/** `pnpm new` in a copy of this repository: what it writes is formatted, type-checks, keeps the arrows and passes. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand, runOrThrow } from "../run-command.ts";
import { readWorkspace, repositoryRoot } from "../workspace.ts";

const copy = mkdtempSync(join(tmpdir(), "trivium-new-"));
const kinds = ["mask", "kernel", "objective", "architecture", "package"] as const;
const skipped = ["node_modules", "dist", ".git", ".turbo", ".readme", ".declarations"];

const typecheck = ["node", "node_modules/typescript-native/bin/tsc"];

const runNew = (...args: string[]) => runCommand(["node", "scripts/new.ts", ...args], { cwd: copy });

/** What `pnpm new` printed, by kind. */
const reports = new Map<string, string>();

beforeAll(async () => {
  for (const entry of readdirSync(repositoryRoot)) {
    cpSync(join(repositoryRoot, entry), join(copy, entry), {
      recursive: true,
      filter: (path) => !skipped.includes(basename(path)),
    });
  }
  for (const kind of kinds) {
    const { output } = await runNew(kind, `example-${kind}`);
    reports.set(kind, output);
  }
  const pnpm = ["npx", "--yes", readWorkspace().manifest.packageManager ?? "pnpm"];
  await runOrThrow([...pnpm, "install", "--prefer-offline", "--no-frozen-lockfile", "--ignore-scripts"], { cwd: copy });
}, 300_000);

afterAll(() => rmSync(copy, { recursive: true, force: true }));

const filesOf = (kind: string, mark: "new" | "edited") =>
  [...reports.get(kind)!.matchAll(new RegExp(`^${mark} +(.+)$`, "gm"))].map(([, file]) => file as string);
const written = () => kinds.flatMap((kind) => filesOf(kind, "new"));

test.each(["mask", "kernel", "objective"])("a %s is three new files, and at most two edited ones", (kind) => {
  expect(filesOf(kind, "new")).toHaveLength(3);
  expect(filesOf(kind, "edited").length).toBeLessThanOrEqual(2);
});

test("what was written type-checks", async () => {
  const { output } = await runCommand([...typecheck, "--pretty", "false", "-p", "tsconfig.json"], { cwd: copy });
  const files = kinds.flatMap((kind) => [...filesOf(kind, "new"), ...filesOf(kind, "edited")]);
  expect(output.split("\n").filter((line) => files.some((file) => line.startsWith(`${file}(`)))).toEqual([]);
});

test("what was written is formatted and linted", async () => {
  const files = written().filter((file) => !file.endsWith(".md"));
  await runOrThrow(["biome", "ci", "--vcs-enabled=false", ...files], { cwd: copy });
});

test("what was written keeps the arrows", async () => {
  const { output } = await runCommand(["node", "scripts/check-layout.ts"], { cwd: copy });
  expect(output).toMatch(/^layout: /m);
  expect(output.split("\n").filter((line) => line.includes("example-"))).toEqual([]);
});

test("the tests that were written pass", async () => {
  const tests = written().filter((file) => file.endsWith(".test.ts"));
  expect(tests).toHaveLength(kinds.length);
  const output = await runOrThrow(["vitest", "run", "--project", "unit", ...tests], { cwd: copy });
  expect(output).toMatch(/Test Files .*5 passed/);
});

test("the changesets name packages that exist", () => {
  const names = readWorkspace(copy).packages.map(({ name }) => name);
  for (const file of written().filter((one) => one.startsWith(".changeset/"))) {
    const named = [...readFileSync(join(copy, file), "utf8").matchAll(/^"(.+)": minor$/gm)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(names).toEqual(expect.arrayContaining(named));
  }
});

test.each([
  [[], "usage: pnpm new"],
  [["mask"], "usage: pnpm new"],
  [["cloud", "x"], `there is no kind "cloud"`],
  [["mask", "SlidingWindow"], `a name is kebab-case (sliding-window), got "SlidingWindow"`],
  [["mask", "../x"], "a name is kebab-case"],
  [["mask", "delete"], `"delete" is a word of the language`],
  [["mask", "causal"], "packages/masks/src/primitives/causal.ts exists already"],
  [["package", "masks"], "packages/masks/package.json exists already"],
  [["package", "x", "--tag", "cloud"], `there is no tag "cloud"`],
])("pnpm new %j is refused with one clear line", async (args, message) => {
  const { code, output } = await runNew(...args);
  expect(code).toBe(2);
  expect(output).toContain(message);
  expect(output).not.toContain("    at ");
});
