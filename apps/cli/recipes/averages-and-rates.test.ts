import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonOf, runTrivium, weightsOf } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-averages-"));
beforeAll(() => writeToyData(folder));
afterAll(() => rmSync(folder, { recursive: true }));

const training = (out: string, ...more: string[]) => [
  ...["train", "--data", "toy.tsv", ...tiny, "--decoded", "0", "--checkpoint-every", "2", "--evaluate-every", "100"],
  ...["--out", out, ...more],
];

test("the last checkpoints of a run are averaged into a run that is evaluated, and fewer are refused", async () => {
  await jsonOf(training("run", "--steps", "6", "--keep", "3"), folder);
  const averaged = await jsonOf<{ steps: number[] }>(["average", "run", "mean", "--last", "3"], folder);
  expect(averaged).toMatchObject({ folder: "mean", steps: [6, 4, 2] });
  const [mean, last] = await Promise.all(
    ["mean", "run"].map((run) => jsonOf<{ targetLoss: number }>(["evaluate", run, "--decoded", "0"], folder)),
  );
  expect(mean!.targetLoss).toBeGreaterThan(0);
  expect(mean!.targetLoss).not.toBe(last!.targetLoss);
  const { code, stderr } = await runTrivium(["average", "run", "other", "--last", "4"], folder);
  expect([code, stderr]).toEqual([2, expect.stringContaining("fewer whole checkpoints than 4: 3, of step 6, 4, 2")]);
});

test("a range test draws the loss over the rate and names one", async () => {
  const flags = ["rates", "--data", "toy.tsv", ...tiny, "--steps", "60", "--lowest", "1e-4", "--highest", "3"];
  const found = await jsonOf<{ picture: string; points: { rate: number }[]; steepest: number }>(flags, folder);
  expect(found.points[0]!.rate).toBeCloseTo(1e-4, 12);
  expect(found.steepest).toBeGreaterThan(1e-4);
  expect(found.steepest).toBeLessThan(3);
  expect(readFileSync(join(folder, found.picture), "utf8")).toMatch(/^<svg[\s\S]*learning rate/);
  const { code, stderr } = await runTrivium([...flags.slice(0, -1), "1e-5"], folder);
  expect([code, stderr]).toEqual([2, expect.stringContaining("--highest is above --lowest, got 0.00001 and 0.0001")]);
});

test("rows that wait for examples are a part of the run: one that goes on has the weights of one that was not stopped", async () => {
  const packed = ["--packing", "40", "--open-rows", "3", "--architecture", "encoder-decoder"];
  await jsonOf(training("whole", "--steps", "6", ...packed), folder);
  await jsonOf(training("parts", "--steps", "4", "--total-steps", "6", ...packed), folder);
  await jsonOf(training("parts", "--steps", "6", "--resume", ...packed), folder);
  expect(weightsOf(join(folder, "parts"))).toEqual(weightsOf(join(folder, "whole")));
});
