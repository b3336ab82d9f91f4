import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { latestCheckpoint, readCheckpoint } from "./folder-files.ts";
import { readMetrics } from "./metrics.ts";
import { openRun } from "./run-folder.ts";
import { discardCheckpointsAfter, writeCheckpoint } from "./write-checkpoint.ts";

const root = await mkdtemp(join(tmpdir(), "trivium-wrong-kind-"));
let run = root;
let newest = "";
let count = 0;
beforeEach(async () => {
  run = join(root, String(count++));
  await write(90);
  newest = await write(100);
});
afterAll(() => rm(root, { recursive: true }));

const weights = { w: { dtype: "F32", shape: [1], data: Float32Array.of(1) } } as const;
const write = (step: number) =>
  writeCheckpoint(run, { step, keep: 9, files: { "model.safetensors": weights, "state.json": { step } } });

/** Other kinds of things than a file: each stands where the path was. */
const kinds: Readonly<Record<string, (path: string) => Promise<void>>> = {
  folder: (path) => mkdir(path).then(() => undefined),
  pipe: async (path) => void execFileSync("mkfifo", [path]),
  "loop of links": (path) => symlink(path, path),
  "link to a device": (path) => symlink("/dev/zero", path),
  "link to nothing": (path) => symlink(`${path}-gone`, path),
  file: (path) => writeFile(path, "x"),
};

const places = ["", "manifest.json", "model.safetensors", "state.json"];
const cases = places.flatMap((place) => Object.keys(kinds).map((kind) => [place || "the folder itself", kind, place]));

test.each(cases)(
  "%s as a %s is passed over with its reason, and replaced by what is saved next",
  async (_, kind, place) => {
    const path = join(newest, place as string);
    await rm(path, { recursive: true });
    await kinds[kind as string]?.(path);
    const { checkpoint, skipped } = await latestCheckpoint(run);
    expect(checkpoint?.step).toBe(90);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]?.message).toContain("step-000100");
    await write(100);
    expect((await latestCheckpoint(run)).checkpoint?.step).toBe(100);
    await discardCheckpointsAfter(run, 90);
    expect(await latestCheckpoint(run)).toMatchObject({ checkpoint: { step: 90 }, skipped: [] });
  },
);

test.each(["folder", "pipe", "loop of links", "link to a device"])(
  "a %s is never opened as a run or metrics",
  async (kind) => {
    await kinds[kind]?.(join(run, "run.json"));
    const code = kind === "loop of links" ? "checkpoint/link-loop" : "checkpoint/not-a-file";
    await expect(openRun(run, { identity: {}, resume: true })).rejects.toMatchObject({ code });
    await kinds[kind]?.(join(run, "metrics.jsonl"));
    await expect(readMetrics(join(run, "metrics.jsonl"))).rejects.toMatchObject({ code });
  },
);

test("a manifest, a state or a folder of another step is passed over; a copy of another name is not", async () => {
  const manifest = join(newest, "manifest.json");
  const text = await readFile(manifest, "utf8");
  await writeFile(manifest, text.replace('"step":100', '"step":70'));
  const refused = await latestCheckpoint(run);
  expect(refused.checkpoint?.step).toBe(90);
  expect(refused.skipped[0]).toMatchObject({ code: "checkpoint/other-step" });
  expect(refused.skipped[0]?.message).toContain("manifest.json says step 70, the name of its folder 100");
  await writeFile(manifest, text);
  await rename(newest, newest.replace("100", "170"));
  expect((await latestCheckpoint(run)).skipped[0]?.message).toContain("says step 100, the name of its folder 170");
  await writeCheckpoint(run, { step: 200, keep: 9, files: { "state.json": { step: 201 } } });
  expect((await latestCheckpoint(run)).skipped[0]?.message).toContain("says step 200, its state.json 201");
  await cp(join(run, "checkpoints", "step-000090"), join(run, "best"), { recursive: true });
  expect((await readCheckpoint(join(run, "best"))).step).toBe(90);
});
