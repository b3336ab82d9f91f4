import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runAlone, runTrivium } from "./run-trivium.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("bench says with --help what it measures, and so does each benchmark", async () => {
  const all = await runTrivium(["bench", "--help"], folder);
  expect(all).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^Usage: trivium bench /) });
  for (const name of ["step", "attention", "gemm", "ops", "mlp", "run"]) {
    expect(all.stdout).toContain(`  ${name} `);
    const one = await runTrivium(["bench", name, "--help"], folder);
    expect(one).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("--json") });
  }
});

test("a benchmark prints one JSON document, and ends by itself with threads on", async () => {
  const sizes = ["--vocab", "8", "--length", "4", "--batch", "2", "--width", "8", "--layers", "1", "--heads", "2"];
  const words = ["bench", "step", ...sizes, "--threads", "2", "--rounds", "1", "--json"];
  const { code, stdout } = await runAlone(words, folder);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([{ name: "trivium", benchmark: "step", threads: 2, precision: "f32" }]);
});

test.each([
  [["bench", "stpe"], "trivium: unknown command 'stpe' (Did you mean step?); --help tells what there is\n"],
  [
    ["bench", "step", "--widht", "4"],
    "trivium: unknown option '--widht' (Did you mean --width?); --help tells what there is\n",
  ],
  [["bench", "step", "--width", "x"], "trivium: bench step: width: "],
])("%j is refused in one line, with exit code 2", async (words, message) => {
  const { code, stdout, stderr } = await runTrivium(words, folder);
  expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({ code: 2, stdout: "", lines: 1 });
  expect(stderr).toContain(message);
});
