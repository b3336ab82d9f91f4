import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readMetrics } from "@trivium/checkpoint/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTrivium } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-stopped-"));
beforeAll(() => writeToyData(folder));
afterAll(() => rmSync(folder, { recursive: true }));

test("time during which the process was stopped, twice, is no step's time", async () => {
  const out = join(folder, "run");
  const training = ["train", "--data", "toy.tsv", ...tiny, "--decoded", "0", "--steps", "100000", "--out", out];
  const { child, ended, says } = startTrivium(training, folder);
  await says("step 0 of 100000");
  const lines = () => readFileSync(join(out, "metrics.jsonl"), "utf8").split("\n").length;
  for (let stop = 0; stop < 2; stop++) {
    await sleep(1000);
    child.kill("SIGSTOP");
    await sleep(3000);
    const before = lines();
    child.kill("SIGCONT");
    while (lines() < before + 5) await sleep(20);
  }
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  const seconds = (await readMetrics(join(out, "metrics.jsonl"))).map((record) => Number(record.seconds ?? 0));
  expect(seconds.length).toBeGreaterThan(10);
  expect(Math.max(...seconds)).toBeLessThan(2);
  expect(Math.min(...seconds)).toBeGreaterThanOrEqual(0);
});
