import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readMetrics } from "@trivium/checkpoint/node";
import { createRandom } from "@trivium/core";
import type { Batch } from "@trivium/features";
import { disposeTree, tf } from "@trivium/tensor";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { consume } from "./consume.ts";
import type { TrainEvent } from "./events.ts";
import { createFolderStore } from "./folder-store.ts";
import { metricsSink } from "./metrics-sink.ts";
import { smallRun } from "./testing/bigram.ts";
import { train } from "./train.ts";
import type { TrainOptions } from "./train-options.ts";

let directory: string;

beforeAll(async () => {
  await tf.setBackend("cpu");
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "trivium-trainer-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Trains in a folder, keeping its metrics; aborts after a step if asked to. */
async function run(folder: string, changes: Partial<TrainOptions<Batch>> = {}, stopAfter = Number.POSITIVE_INFINITY) {
  const events: TrainEvent[] = [];
  const abort = new AbortController();
  const checkpoint = { store: createFolderStore({ directory: folder }), every: 5 };
  const stream = train(smallRun({ checkpoint, signal: abort.signal, resume: true, ...changes }));
  const { parameters } = await consume(stream, metricsSink(folder), (event) => {
    events.push(event);
    if (event.type === "step" && event.step === stopAfter) abort.abort();
  });
  disposeTree(parameters);
  return events;
}

const checkpoints = async (folder: string) => (await readdir(join(folder, "checkpoints"))).sort();

/** SHA-256 of the weights and the optimiser's state of one checkpoint. */
async function fingerprint(folder: string, step: string): Promise<string[]> {
  const files = ["model.safetensors", "optimizer.safetensors"].map((name) => join(folder, "checkpoints", step, name));
  return Promise.all(
    files.map(async (file) =>
      createHash("sha256")
        .update(await readFile(file))
        .digest("hex"),
    ),
  );
}

const metrics = async (folder: string) =>
  (await readMetrics(join(folder, "metrics.jsonl"))).map(({ step, type, loss, metrics }) => ({
    step,
    type,
    loss,
    metrics,
  }));

test("a checkpoint of several processes holds a file of each one's optimiser state, and is read whole", async () => {
  const rows = (...values: readonly number[]) => ({
    dtype: "F32" as const,
    shape: [values.length / 2, 2],
    data: Float32Array.from(values),
  });
  const store = createFolderStore({ directory });
  await store.open({ identity: {}, resume: false });
  const numbers = { totals: { supervisedTokens: 1, seenTokens: 1, seconds: 1 }, numericIdentity: {}, seed: 1 };
  const state = { ...numbers, step: 7, losses: { smoothed: 1, best: 1, tooHigh: 0 }, shards: 4, ranks: 2 };
  const slices = [{ "m.w": rows(1, 2), "m.b": rows(3, 4) }, { "m.w": rows(5, 6, 7, 8) }];
  await store.save({ model: { w: rows(9, 10) }, optimizer: {}, slices, config: {}, state });
  const files = await readdir(join(directory, "checkpoints/step-000007"));
  expect(files.filter((name) => name.startsWith("optimizer"))).toEqual([
    "optimizer-0001-of-0002.safetensors",
    "optimizer-0002-of-0002.safetensors",
  ]);
  const read = await store.newest();
  expect(read?.optimizer).toEqual({ "m.w": rows(1, 2, 5, 6, 7, 8), "m.b": rows(3, 4) });
  expect(read?.state).toEqual(state);
});

test("a checkpoint holds weights, optimiser state, configuration and state; the newest two are kept", async () => {
  await run(directory, { config: { note: "kept" } });
  expect(await checkpoints(directory)).toEqual(["step-000010", "step-000012"]);
  const path = join(directory, "checkpoints", "step-000012");
  const files = ["config.json", "manifest.json", "model.safetensors", "optimizer.safetensors", "state.json"];
  expect((await readdir(path)).sort()).toEqual(files);
  const json = async (name: string) => JSON.parse(await readFile(join(path, name), "utf8"));
  expect(await json("config.json")).toMatchObject({ note: "kept", architecture: "bigram", seed: 3 });
  expect(await json("state.json")).toMatchObject({ step: 12, seed: 3, numericIdentity: { backend: "cpu" } });
});

test("aborted at any step and resumed, weights and metrics equal those of an undisturbed run, byte for byte", async () => {
  const evaluate = { every: 3, run: async (_: unknown, step: number) => ({ half: step / 2 }) };
  const [whole, pieces] = [join(directory, "whole"), join(directory, "pieces")];
  await run(whole, { evaluate });
  for (const step of [1, 4, 5, 6, 11]) await run(pieces, { evaluate }, step);
  const last = await run(pieces, { evaluate });
  expect(last[0]).toMatchObject({ type: "started", step: 11 });
  expect(await fingerprint(pieces, "step-000012")).toEqual(await fingerprint(whole, "step-000012"));
  expect(await metrics(pieces)).toEqual(await metrics(whole));
});

test("metrics past the checkpoint are cut back, so a step is never there twice", async () => {
  const stream = train(smallRun({ checkpoint: { store: createFolderStore({ directory }), every: 5 } }));
  const sink = metricsSink(directory);
  for await (const event of stream) {
    await sink(event);
    if (event.type === "step" && event.step === 8) break;
  }
  expect((await metrics(directory)).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  await writeFile(join(directory, "metrics.jsonl"), `{"step":9,"lo`, { flag: "a" });
  const events = await run(directory);
  expect(events[0]).toMatchObject({ step: 5 });
  expect((await metrics(directory)).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test("a broken newest checkpoint is passed over with a warning, and the result is still the undisturbed one", async () => {
  const [whole, broken] = [join(directory, "whole"), join(directory, "broken")];
  await run(whole);
  await run(broken, {}, 10);
  await truncate(join(broken, "checkpoints", "step-000010", "model.safetensors"), 40);
  const events = await run(broken);
  expect(events[0]).toMatchObject({ type: "started", step: 5 });
  expect(events[1]).toMatchObject({ type: "warning", code: "trainer/skipped-checkpoint", step: 5 });
  expect(await checkpoints(broken)).toEqual(["step-000010.2", "step-000012"]);
  expect(await fingerprint(broken, "step-000012")).toEqual(await fingerprint(whole, "step-000012"));
});

test("a roll-back passes over a checkpoint that holds the fault itself, and cuts back the metrics", async () => {
  // The update of step 6 breaks the weights, which the checkpoint of step 6 holds and the loss of step 7 shows.
  const schedule = (step: number) => (step === 5 ? 1e30 : 0.02);
  const store = createFolderStore({ directory });
  const recovery = { action: "roll-back", factor: 1e-30 } as const;
  const events = await run(directory, { schedule, recovery, checkpoint: { store, every: 2 } });
  expect(events.filter(({ type }) => type === "rolled-back")).toMatchObject([{ step: 4, from: 7 }]);
  expect(await checkpoints(directory)).toEqual(["step-000010", "step-000012"]);
  expect((await metrics(directory)).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test("if every checkpoint is broken nothing is overwritten", async () => {
  await run(directory, {}, 3);
  await truncate(join(directory, "checkpoints", "step-000003", "state.json"), 3);
  await expect(run(directory)).rejects.toMatchObject({ code: "trainer/no-whole-checkpoint" });
  expect(await checkpoints(directory)).toEqual(["step-000003"]);
});

test("a folder of another run or of something else is refused before anything is written", async () => {
  await run(directory, {}, 3);
  const before = await metrics(directory);
  await expect(run(directory, { resume: false })).rejects.toMatchObject({ code: "checkpoint/run-exists" });
  await expect(run(directory, { seed: 4 })).rejects.toMatchObject({ code: "checkpoint/other-run" });
  await expect(run(directory, { identity: { data: "other" } })).rejects.toMatchObject({ code: "checkpoint/other-run" });
  expect(await metrics(directory)).toEqual(before);
  const foreign = join(directory, "checkpoints");
  await expect(run(foreign)).rejects.toMatchObject({ code: "checkpoint/not-a-run" });
});

/** Runs the child until it has printed `lines` lines and some more time has passed, then kills it; what it printed. */
async function killAfter(
  folder: string,
  lines: number,
  delayMs: number,
): Promise<{ steps: number[]; killed: boolean }> {
  const script = fileURLToPath(new URL("testing/train-in-folder.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@trivium/source", script, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const steps: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (steps.push(Number(line)) !== lines) continue;
    await sleep(delayMs);
    child.kill("SIGKILL");
  }
  const [code, signal] = (await ended) as [number | null, string | null];
  if (signal === null) expect(code).toBe(0);
  return { steps, killed: signal === "SIGKILL" };
}

test("killed at random instants and resumed each time, the final weights are those of an undisturbed run", async () => {
  const [whole, broken] = [join(directory, "whole"), join(directory, "killed")];
  await run(whole, { steps: 40 });
  const random = createRandom(1);
  const starts: number[] = [];
  let killed = true;
  while (killed) {
    // Line 1 tells the step that it starts from; from line 7 on there is a new checkpoint to go on from.
    const child = await killAfter(broken, 7 + random.integer(8), 10 * random.uniform());
    starts.push(child.steps[0]!);
    killed = child.killed;
  }
  expect(starts.length).toBeGreaterThan(3);
  expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
  expect(await fingerprint(broken, "step-000040")).toEqual(await fingerprint(whole, "step-000040"));
  expect(await metrics(broken)).toEqual(await metrics(whole));
}, 180_000);
