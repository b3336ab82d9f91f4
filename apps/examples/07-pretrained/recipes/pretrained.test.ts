import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const fixture = fileURLToPath(new URL("../../../../packages/pretrained/fixtures/llama", import.meta.url));

const runFile = (...args: readonly string[]) =>
  spawnSync(process.execPath, ["--conditions=@trivium/source", ...args], { cwd, encoding: "utf8" });
const run = (...args: readonly string[]) => runFile("main.ts", ...args);

test("a causal checkpoint answers the same prompt causally and through a prefix mask", () => {
  const { stdout, status } = run(fixture, "5 6 7 8", "6");
  expect(status).toBe(0);
  const [causal, prefix] = stdout.trim().split("\n");
  expect(causal).toMatch(/^causal {2}5 6 7 8( \d+){1,6}$/);
  expect(prefix).toMatch(/^prefix {2}5 6 7 8( \d+){0,6}$/);
});

test("an answer matches a pattern of the user's, which holds whatever is most probable", () => {
  const { stdout, stderr, status } = runFile(
    "shaped.ts",
    fixture,
    "5 6 7 8",
    " ",
    "1",
    "[0-4]",
    " ",
    "\\d",
    " ",
    "2",
    "[57]",
  );
  expect([status, stderr.replace(/^note:.*\n/gm, "")]).toEqual([0, ""]);
  expect(stdout).toMatch(/^5 6 7 8 1[0-4] \d 2[57]\n$/);
});

test("what cannot be opened is one line", () => {
  const { stderr, status } = run("nowhere");
  expect([status, stderr.trim().split("\n").length]).toEqual([2, 1]);
});
