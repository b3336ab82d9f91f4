import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type MetricsRecord, readMetrics } from "@trivium/checkpoint/node";
import { afterAll, expect, test } from "vitest";
import { runAlone, startTrivium } from "./run-trivium.ts";

/** Minutes of training, and minutes until each kill. */
const [minutes, between] = [Number(process.env.TRIVIUM_MINUTES ?? 120), Number(process.env.TRIVIUM_KILL_MINUTES ?? 4)];
const folder = process.env.TRIVIUM_RUN ?? mkdtempSync(join(tmpdir(), "trivium-hours-"));
mkdirSync(folder, { recursive: true });
afterAll(() => {
  if (process.env.TRIVIUM_RUN === undefined) rmSync(folder, { recursive: true });
});

const training = (out: string, steps: number) => [
  ...["train", "--data", "state-of-the-union", "--width", "64", "--layers", "2", "--heads", "4", "--batch", "16"],
  ...["--steps", String(steps), "--schedule", "constant", "--decoded", "0", "--evaluate-every", "100000000"],
  ...["--checkpoint-every", "100", "--out", out, "--resume"],
];

const metricsOf = (run: string): Promise<MetricsRecord[]> => readMetrics(join(folder, run, "metrics.jsonl"));
const lossesOf = (records: readonly MetricsRecord[]) => records.map(({ step, loss }) => [step, loss]);

/** Resident memory of a process, in MiB. */
const residentOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

/**
 * Trains until the kill. Returns the least memory that the process held in its second half, in MiB: garbage that was not
 * collected yet makes it swing by 200.
 */
async function killedAfter(ms: number, signal: "SIGKILL" | "SIGTERM"): Promise<number> {
  const { child, ended, says } = startTrivium(training("run", 100_000_000), folder);
  await says("of 100000000");
  await sleep(ms / 2);
  let resident = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 60; look++) {
    await sleep(ms / 120);
    resident = Math.min(resident, residentOf(child.pid as number));
  }
  child.kill(signal);
  const { code, stderr } = await ended;
  expect(code, stderr).toBe(signal === "SIGTERM" ? 0 : null);
  return resident;
}

test(`a run that is killed every ${between} minutes for ${minutes} minutes has every step once, as an undisturbed one, and keeps its memory`, {
  timeout: 1.5 * 60_000 * minutes + 600_000,
}, async () => {
  const until = performance.now() + 60_000 * minutes;
  const kills: { readonly steps: number; readonly resident: number }[] = [];
  for (let kill = 0; performance.now() < until; kill++) {
    const resident = await killedAfter(60_000 * between, kill % 2 === 0 ? "SIGKILL" : "SIGTERM");
    const steps = (await metricsOf("run")).length;
    kills.push({ steps, resident });
    process.stderr.write(`kill ${kill + 1}: step ${steps}, resident ${resident.toFixed(0)} MiB\n`);
  }
  const killed = await metricsOf("run");
  expect(killed.map(({ step }) => step)).toEqual(killed.map((_, at) => at + 1));
  const mean = (part: readonly MetricsRecord[]) => part.reduce((sum, { loss }) => sum + Number(loss), 0) / part.length;
  expect(mean(killed.slice(-100))).toBeLessThan(mean(killed.slice(100, 200)));
  const half = kills.length >> 1;
  const most = (part: typeof kills) => Math.max(...part.map(({ resident }) => resident));
  expect(most(kills.slice(half))).toBeLessThan(most(kills.slice(0, half)) + 32);
  // An undisturbed run beyond the second kill.
  const prefix = kills[1]!.steps + 50;
  expect((await runAlone(training("undisturbed", prefix), folder)).code).toBe(0);
  const undisturbed = await metricsOf("undisturbed");
  expect(lossesOf(undisturbed)).toEqual(lossesOf(killed.slice(0, prefix)));
});
