import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type MetricsRecord, readMetrics } from "@trivium/checkpoint/node";
import { afterAll, expect, test } from "vitest";
import { startTrivium } from "./run-trivium.ts";

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
const lossesOf = (records: readonly MetricsRecord[]) =>
  records.filter(({ type }) => type === "step").map(({ step, loss }) => [step, loss]);

/** Returns the resident memory of a process, in MiB. */
const residentOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

/** The least and the most memory that a process held, in MiB. */
interface Held {
  readonly least: number;
  readonly most: number;
}

/** Trains until the kill. Returns the memory that the process held in its second half. */
async function killedAfter(ms: number, signal: "SIGKILL" | "SIGTERM"): Promise<Held> {
  const { child, ended, says } = startTrivium(training("run", 100_000_000), folder);
  await says("of 100000000");
  await sleep(ms / 2);
  const held = heldUntil(sleep(ms / 2), child.pid as number);
  await held;
  child.kill(signal);
  const { code, stderr } = await ended;
  expect(code, stderr).toBe(signal === "SIGTERM" ? 0 : null);
  return held;
}

/** Looks at the memory of a process each second until something has happened. */
async function heldUntil(happened: Promise<unknown>, pid: number): Promise<Held> {
  const looks: number[] = [];
  const timer = setInterval(() => looks.push(residentOf(pid)), 1000);
  await happened;
  clearInterval(timer);
  return { least: Math.min(...looks), most: Math.max(...looks) };
}

const heldText = ({ least, most }: Held): string => `${least.toFixed(0)} to ${most.toFixed(0)} MiB resident`;

const assertFlat = ({ least, most }: Held): void => expect(most - least).toBeLessThanOrEqual(32);

/** Trains undisturbed, and returns the memory that the process held from the thousandth step on. */
async function undisturbed(steps: number): Promise<Held> {
  const { child, ended } = startTrivium(training("undisturbed", steps), folder);
  const reached = join(folder, "undisturbed/checkpoints/step-001000");
  while (child.exitCode === null && !existsSync(reached)) await sleep(500);
  const held = await heldUntil(ended, child.pid as number);
  expect((await ended).code).toBe(0);
  return held;
}

test(`a run that is killed every ${between} minutes for ${minutes} minutes has every step once, as an undisturbed one, and keeps its memory`, {
  timeout: 1.5 * 60_000 * minutes + 600_000,
}, async () => {
  const until = performance.now() + 60_000 * minutes;
  const kills: (Held & { readonly steps: number })[] = [];
  for (let kill = 0; performance.now() < until; kill++) {
    const held = await killedAfter(60_000 * between, kill % 2 === 0 ? "SIGKILL" : "SIGTERM");
    const steps = (await metricsOf("run")).length;
    kills.push({ steps, ...held });
    process.stderr.write(`kill ${kill + 1}: step ${steps}, ${heldText(held)}\n`);
  }
  const killed = await metricsOf("run");
  expect(killed.map(({ step }) => step)).toEqual(killed.map((_, at) => at + 1));
  const mean = (part: readonly MetricsRecord[]) => part.reduce((sum, { loss }) => sum + Number(loss), 0) / part.length;
  expect(mean(killed.slice(-100))).toBeLessThan(mean(killed.slice(100, 200)));
  kills.forEach(assertFlat);
  const half = kills.length >> 1;
  const most = (part: typeof kills) => Math.max(...part.map((held) => held.most));
  expect(most(kills.slice(half))).toBeLessThan(most(kills.slice(0, half)) + 32);
  // Beyond several kills.
  const prefix = Math.min(11_000, killed.length);
  const held = await undisturbed(prefix);
  process.stderr.write(`undisturbed: step ${prefix}, ${heldText(held)}\n`);
  assertFlat(held);
  expect(lossesOf(await metricsOf("undisturbed"))).toEqual(lossesOf(killed.slice(0, prefix)));
});
