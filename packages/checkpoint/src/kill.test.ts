import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "@trivium/core";
import { afterAll, expect, test } from "vitest";
import { latestCheckpoint } from "./folder-files.ts";
import { truncateMetrics } from "./metrics.ts";
import { float32Of } from "./named-arrays.ts";
import { openRun } from "./run-folder.ts";

const KILLS = 24;
/** Say `TRIVIUM_SEED=…` to kill at the same moments again. */
const seed = Number(process.env.TRIVIUM_SEED ?? Date.now());
const random = createRandom(seed);
const root = await mkdtemp(join(tmpdir(), "trivium-kill-"));
afterAll(() => rm(root, { recursive: true }));

/** Resumes the run and writes a checkpoint for each step, whose every value says which step it is, until it is killed. */
const program = `
  import { appendMetrics, latestCheckpoint, openRun, truncateMetrics, writeCheckpoint } from "@trivium/checkpoint/node";
  const [run, metrics] = process.argv.slice(1);
  await openRun(run, { identity: { of: "the kill test" }, resume: true });
  const { checkpoint } = await latestCheckpoint(run);
  let step = checkpoint?.step ?? 0;
  await truncateMetrics(metrics, step);
  for (;;) {
    step += 1;
    await appendMetrics(metrics, [{ step }]);
    const data = new Float32Array(200_000).fill(step);
    const files = { "model.safetensors": { w: { dtype: "F32", shape: [data.length], data } }, "state.json": { step } };
    await writeCheckpoint(run, { step, files });
    process.stdout.write(step + "\\n");
  }
`;

/** The last step that the program said it had written, before it was killed `delayMs` after its first one. */
async function killedAfter(delayMs: number, run: string, metrics: string): Promise<number> {
  const flags = ["--conditions=@trivium/source", "--input-type=module", "-e", program, run, metrics];
  const child = spawn(process.execPath, flags, { cwd: join(import.meta.dirname, "..") });
  let said = 0;
  let errors = "";
  child.stderr.on("data", (data) => {
    errors += data;
  });
  child.stdout.on("data", (data: Buffer) => {
    if (said === 0) setTimeout(() => child.kill("SIGKILL"), delayMs);
    said = Number(data.toString().trim().split("\n").at(-1));
  });
  const signal = await new Promise((resolve) => child.on("close", (_, by) => resolve(by)));
  expect([signal, errors]).toEqual(["SIGKILL", ""]);
  return said;
}

test(`a process killed ${KILLS} times while it writes checkpoints always leaves a whole one (seed ${seed})`, async () => {
  const [run, metrics] = [join(root, "run"), join(root, "metrics.jsonl")];
  const debris = new Set<string>();
  let last = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const said = await killedAfter(random.uniform() * 40, run, metrics);
    expect(said).toBeGreaterThan(last);
    for (const name of await readdir(join(run, "checkpoints"))) debris.add(name.replace(/\d+/g, "N"));
    const { checkpoint, skipped } = await latestCheckpoint(run);
    last = checkpoint?.step ?? 0;
    expect(skipped).toEqual([]);
    expect(last).toBeGreaterThanOrEqual(said);
    const { w } = checkpoint?.arrays("model.safetensors") ?? {};
    expect(new Set(w && float32Of(w))).toEqual(new Set([last]));
    expect(checkpoint?.json("state.json")).toEqual({ step: last });
    await truncateMetrics(metrics, last);
  }
  // The test is worth something only if some kills came in the middle of writing.
  expect([...debris].some((name) => name.startsWith(".trivium-temporary-"))).toBe(true);
  await openRun(run, { identity: { of: "the kill test" }, resume: true });
  expect((await readdir(join(run, "checkpoints"))).every((name) => name.startsWith("step-"))).toBe(true);
}, 120_000);
