import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMetrics } from "@trivium/checkpoint/node";
import { createRandom } from "@trivium/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkpointsOf, jsonOf, startTrivium, weightsOf } from "./run-trivium.ts";
import { tiny, writeToyCorpus } from "./toy-data.ts";

/**
 * Two hundred kills are left to `pnpm check:long`, or as many as `TRIVIUM_KILLS` says; six meet the same moments: before,
 * within and between checkpoints.
 */
const kills = Number(process.env.TRIVIUM_KILLS ?? (process.env.TRIVIUM_LONG ? 200 : 6));
const steps = 12 + 18 * kills;
/** Say `TRIVIUM_SEED=…` to kill at the same moments again. */
const seed = Number(process.env.TRIVIUM_SEED ?? Date.now());
const random = createRandom(seed);
const folder = mkdtempSync(join(tmpdir(), "trivium-killed-"));
beforeAll(() => writeToyCorpus(join(folder, "toy")));
afterAll(() => rmSync(folder, { recursive: true }));

/** Micro-batches, packed rows and dropout over a shuffled stream; its weights break at step 30, and it rolls back. */
const training = (out: string) => [
  ...["train", "--data", "toy", ...tiny, "--dropout", "0.1", "--steps", String(steps), "--decoded", "0"],
  ...["--data-options", '{"shuffle":20}'],
  ...["--micro-batch", "4", "--packing", "16", "--average-decay", "0.9"],
  ...["--schedule", "points", "--schedule-options", '{"points":[[0,0.001],[29,0.001],[30,1e29],[31,1e27]]}'],
  ...["--on-fault", "roll-back", "--fault-factor", "1e-30"],
  ...["--checkpoint-every", "2", "--evaluate-every", String(steps), "--out", out, "--resume"],
];

const metricsFile = join(folder, "killed/metrics.jsonl");

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const lines = (): number => (existsSync(metricsFile) ? readFileSync(metricsFile, "utf8").split("\n").length : 0);

/** Returns whether a checkpoint is being written at this moment. */
const isWriting = (): boolean => {
  const checkpoints = join(folder, "killed/checkpoints");
  return existsSync(checkpoints) && readdirSync(checkpoints).some((name) => name.startsWith(".trivium-temporary-"));
};

/** The three ways in turn: at any moment, within the writing of a checkpoint, and with time to write one. */
const ways = ["SIGKILL", "SIGKILL while it writes", "SIGTERM"] as const;

/** Ends the run a moment after it has taken that many steps; the step that it had started from. */
async function killedAfter(stepsTaken: number, way: (typeof ways)[number]): Promise<number> {
  const { child, ended, says } = startTrivium(training("killed"), folder);
  await says(`of ${steps}`);
  const before = lines();
  while (stepsTaken > 0 && child.exitCode === null && lines() - before < stepsTaken) await pause(2);
  if (way === "SIGKILL while it writes") while (child.exitCode === null && !isWriting()) await pause(0);
  else await pause(random.uniform() * 20);
  child.kill(way === "SIGTERM" ? "SIGTERM" : "SIGKILL");
  const { code, signal, stderr } = await ended;
  expect({ code, signal }, stderr).toEqual(
    way === "SIGTERM" ? { code: 0, signal: null } : { code: null, signal: "SIGKILL" },
  );
  return Number(/step (\d+) of/.exec(stderr)?.[1]);
}

test(`a run that is killed ${kills} times and resumed ends with the weights of an undisturbed one, byte for byte (seed ${seed})`, async () => {
  const starts: number[] = [];
  for (let kill = 0; kill < kills; kill++)
    starts.push(await killedAfter(random.integer(kills > 6 ? 24 : 16), ways[kill % ways.length]!));
  // The test is worth something only if runs were killed on their way, most of them after some progress.
  expect(new Set(starts).size).toBeGreaterThan(kills / 2);
  expect(starts.at(-1)).toBeLessThan(steps);
  await jsonOf(training("killed"), folder);
  await jsonOf(training("undisturbed"), folder);
  expect(checkpointsOf(join(folder, "killed"))).toContain(`step-${String(steps).padStart(6, "0")}`);
  expect(weightsOf(join(folder, "killed")).equals(weightsOf(join(folder, "undisturbed")))).toBe(true);
  const metrics = (run: string) => readMetrics(join(folder, run, "metrics.jsonl"));
  const lossesOf = async (run: string) => (await metrics(run)).map(({ step, loss }) => [step, loss]);
  expect(await lossesOf("killed")).toEqual(await lossesOf("undisturbed"));
  const state = readFileSync(join(folder, "killed/checkpoints", checkpointsOf(join(folder, "killed")).at(-1)!, "state.json"), "utf8"); // biome-ignore format: one line
  expect(JSON.parse(state).faults).toEqual({ skipped: 0, inRow: 0, rollBacks: 1 });
});
