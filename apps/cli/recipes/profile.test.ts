import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonOf, runTrivium, weightsOf } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-profile-"));
beforeAll(() => writeToyData(folder));
afterAll(() => rmSync(folder, { recursive: true }));

const training = (out: string, ...more: string[]) => [
  ...["train", "--data", "toy.tsv", ...tiny, "--decoded", "0", "--steps", "6", "--evaluate-every", "2"],
  ...["--out", out, ...more],
];

interface Profile {
  file: string;
  steps: { step: number; milliseconds: number; peakBytes: number }[];
  kernels: { name: string; share: number }[];
  outsideKernels: { share: number };
}

test("--recompute lowers the engine's peak and changes no weight, not even in a run that goes on without", async () => {
  const large = ["--batch", "64", "--width", "32", "--layers", "4", "--dropout", "0.1", "--profile"];
  const profiled = async (out: string, ...more: string[]) => {
    const { profile } = await jsonOf<{ profile: Profile }>(training(out, ...large, ...more), folder);
    return Math.max(...profile.steps.map(({ peakBytes }) => peakBytes));
  };
  const [kept, recomputed] = [await profiled("kept"), await profiled("recomputed", "--recompute")];
  expect(recomputed).toBeLessThan(0.6 * kept);
  expect(weightsOf(join(folder, "recomputed")).equals(weightsOf(join(folder, "kept")))).toBe(true);
  const resumed = await runTrivium(training("recomputed", ...large, "--resume"), folder);
  expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining("resumed from step 6 of 6") });
});

interface Trace {
  traceEvents: { ph: string; name: string; cat?: string; ts: number; dur: number }[];
}

test("--profile writes a trace into the run folder and prints a table; the weights are those of a run without", async () => {
  await jsonOf(training("plain"), folder);
  const { code, stdout } = await runTrivium(training("profiled", "--profile"), folder);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^finished at step 6/);
  expect(stdout).toMatch(/^steps 3 to 6: [\d.]+ ms a step, engine memory at most [\d.]+ MiB$/m);
  expect(stdout).toMatch(/^kernel +calls +by tfjs +total ms +GFLOP\/s +GB\/s +share %$/m);
  const { traceEvents }: Trace = JSON.parse(readFileSync(join(folder, "profiled/profile.json"), "utf8"));
  const steps = traceEvents.filter(({ cat }) => cat === "step");
  expect(steps.map(({ name }) => name)).toEqual(["step 3", "step 4", "step 5", "step 6"]);
  expect(weightsOf(join(folder, "profiled")).equals(weightsOf(join(folder, "plain")))).toBe(true);
});

test("a file and steps of one's own; the JSON document has the numbers", async () => {
  const flags = ["--profile", "traces/mine.json", "--profile-steps", "2-3"];
  const { profile } = await jsonOf<{ profile: Profile }>(training("own", ...flags), folder);
  expect(profile.file).toBe("traces/mine.json");
  expect(profile.steps.map(({ step }) => step)).toEqual([2, 3]);
  for (const { peakBytes } of profile.steps) expect(peakBytes).toBeGreaterThan(0);
  const shares = [...profile.kernels, profile.outsideKernels].reduce((sum, { share }) => sum + share, 0);
  expect(shares).toBeCloseTo(1, 6);
  expect(existsSync(join(folder, profile.file))).toBe(true);
  expect(existsSync(join(folder, "own/profile.json"))).toBe(false);
});

test("a run that ends before the steps says so", async () => {
  const { code, stderr } = await runTrivium(training("short", "--profile", "--profile-steps", "7-9"), folder);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining("no step was profiled: the run ended before step 7"),
  });
  expect(existsSync(join(folder, "short/profile.json"))).toBe(false);
});

test("a file that cannot be written stops the run when its steps are over, in one line", async () => {
  const flags = ["--profile", "toy.tsv/trace.json", "--profile-steps", "2"];
  const { code, stderr } = await runTrivium(training("unwritten", ...flags), folder);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^trivium: cannot write the profile to toy\.tsv\/trace\.json: [^\n]+\n$/m),
  });
});
