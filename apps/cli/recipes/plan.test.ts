import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonOf, runTrivium } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-plan-"));
beforeAll(() => writeToyData(folder));
afterAll(() => rmSync(folder, { recursive: true }));

interface Plan {
  readonly seconds: number;
  readonly parameters: number;
  readonly rows: readonly { readonly ranks: number; readonly seconds: number; readonly efficiency: number }[];
}

test("a plan goes by the times of a run of one process, and says what is wrong with others", async () => {
  await jsonOf(["train", "--data", "toy.tsv", ...tiny, "--steps", "4", "--decoded", "0", "--out", "run"], folder);
  const network = ["--bandwidth", "1KB/s", "--latency", "2ms"];
  const plan = await jsonOf<Plan>(["plan", "run", "--ranks", "1,2", ...network], folder);
  expect(plan.rows[0]).toMatchObject({ ranks: 1, seconds: plan.seconds, efficiency: 1 });
  // Gradients and parameters, half of each, at a thousand bytes a second.
  expect(plan.rows[1]!.seconds).toBeGreaterThan((4 * plan.parameters) / 1000);
  const slower = await jsonOf<Plan>(["plan", "run", "--ranks", "2", ...network, "--accumulate", "8"], folder);
  expect(slower.rows[0]!.efficiency).toBeGreaterThan(plan.rows[1]!.efficiency);
  const both = await jsonOf<Plan>(["plan", "run", "run", "--ranks", "2", ...network], folder);
  expect(both.seconds).toBe(plan.seconds);
  const shown = await runTrivium(["plan", "run", ...network], folder);
  expect(shown.stdout).toContain("network: 0.00100 MB/s, 2000 µs");
  expect(shown.stdout).toMatch(/ranks +step +times faster +efficient % +limit/);
  const problem = async (...words: readonly string[]) => {
    const { code, stderr } = await runTrivium(["plan", ...words], folder);
    return { code, stderr: stderr.trim() };
  };
  expect(await problem("nowhere")).toEqual({
    code: 2,
    stderr: "trivium: nowhere holds no checkpoint of a run; train a few steps by one process, with --out nowhere",
  });
  expect(await problem("run", "--measure")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--measure needs ranks to measure between"),
  });
  for (const wrong of [
    ["--latency", "soon"],
    ["--bandwidth", "fast"],
    ["--ranks", "two"],
  ])
    expect(await problem("run", ...wrong)).toMatchObject({ code: 2 });
});
