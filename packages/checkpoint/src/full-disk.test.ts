import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { latestCheckpoint } from "./folder-files.ts";
import { appendMetrics, readMetrics, truncateMetrics } from "./metrics.ts";
import { openRun } from "./run-folder.ts";
import { writeCheckpoint } from "./write-checkpoint.ts";

/** A disk of 1 MiB, where this process may mount one; else the reason why not. */
const disk = await mkdtemp(join(tmpdir(), "trivium-disk-"));
const mount = (...flags: string[]): string | undefined => {
  try {
    execFileSync("mount", [...flags, disk], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `needs the right to mount a tmpfs: ${(error as Error).message.split("\n").at(-1)}`;
  }
};
const reason = mount("-t", "tmpfs", "-o", "size=1m", "tmpfs");

afterAll(async () => {
  if (reason === undefined) execFileSync("umount", [disk]);
  await rm(disk, { recursive: true });
});

const run = join(disk, "run");
const write = (step: number, kilobytes: number) =>
  writeCheckpoint(run, {
    step,
    files: {
      "model.safetensors": { w: { dtype: "F32", shape: [kilobytes * 256], data: new Float32Array(kilobytes * 256) } },
    },
  });

test("a full disk is one clear error, keeps the last good checkpoint and gives the space back", async (context) => {
  if (reason !== undefined) return context.skip(reason);
  await openRun(run, { identity: 1 });
  await write(1, 300);
  await expect(write(2, 900)).rejects.toMatchObject({
    name: "CheckpointError",
    code: "checkpoint/disk-full",
    message: `cannot write checkpoint step-000002 in ${run}: the disk is full; free some space or write elsewhere (ENOSPC)`,
  });
  expect(await readdir(join(run, "checkpoints"))).toEqual(["step-000001"]);
  expect((await latestCheckpoint(run)).checkpoint?.step).toBe(1);
  await write(3, 400);
  expect((await latestCheckpoint(run)).checkpoint?.step).toBe(3);
});

test("metrics that a full disk cut off in the middle of a line are cut back to whole ones", async (context) => {
  if (reason !== undefined) return context.skip(reason);
  const metrics = join(disk, "metrics.jsonl");
  await appendMetrics(metrics, [{ step: 1 }]);
  await writeFile(join(disk, "filler"), Buffer.alloc(1 << 20)).catch(() => {});
  const padding = "x".repeat(8192);
  await expect(
    appendMetrics(metrics, [
      { step: 2, padding },
      { step: 3, padding },
    ]),
  ).rejects.toMatchObject({ code: "checkpoint/disk-full" });
  await rm(join(disk, "filler"));
  await truncateMetrics(metrics, 1);
  await appendMetrics(metrics, [{ step: 2 }]);
  expect(await readMetrics(metrics)).toEqual([{ step: 1 }, { step: 2 }]);
});

test("a read-only folder is one clear error for checkpoints, new runs and metrics, and can still be read", async (context) => {
  const cannot = reason ?? mount("-o", "remount,ro");
  if (cannot !== undefined) return context.skip(cannot);
  const readOnly = { name: "CheckpointError", code: "checkpoint/read-only", message: expect.stringContaining("EROFS") };
  await expect(write(4, 1)).rejects.toMatchObject(readOnly);
  await expect(openRun(join(disk, "other"), { identity: 1 })).rejects.toMatchObject(readOnly);
  await expect(appendMetrics(join(disk, "metrics.jsonl"), [{ step: 9 }])).rejects.toMatchObject(readOnly);
  expect((await latestCheckpoint(run)).checkpoint?.step).toBe(3);
});
