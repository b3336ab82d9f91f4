import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blobFiles, type Files } from "./files.ts";
import { folderFiles, latestCheckpoint } from "./folder-files.ts";
import { latestCheckpointIn } from "./latest-checkpoint.ts";
import { writeCheckpoint } from "./write-checkpoint.ts";

const weights = { w: { dtype: "F32" as const, shape: [3], data: Float32Array.of(1, 2, 3) } };
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "trivium-files-"));
  const files = { "model.safetensors": weights, "state.json": { step: 1 } };
  await writeCheckpoint(directory, { step: 1, files });
});
afterAll(() => rm(directory, { recursive: true }));

/** The files of the folder as a page has them. */
async function dropped(): Promise<Files> {
  const folder = "checkpoints/step-000001";
  const names = ["manifest.json", "model.safetensors", "state.json"].map((name) => `${folder}/${name}`);
  const blobs = names.map(async (name) => [name, new Blob([await readFile(join(directory, name))])] as const);
  return blobFiles("dropped", Object.fromEntries(await Promise.all(blobs)));
}

test("dropped files are read as those of a folder are", async () => {
  const { checkpoint } = await latestCheckpointIn(await dropped());
  const { checkpoint: onDisk } = await latestCheckpoint(directory);
  expect(checkpoint?.arrays("model.safetensors")).toEqual(onDisk?.arrays("model.safetensors"));
  expect(checkpoint?.path).toBe("dropped/checkpoints/step-000001");
});

test("files are listed by folder, and parts of them are read", async () => {
  for (const files of [folderFiles(directory), await dropped()]) {
    expect(await files.list()).toEqual(["checkpoints"]);
    expect((await files.list("checkpoints/step-000001")).toSorted()).toContain("model.safetensors");
    expect(await files.list("nothing")).toEqual([]);
    const path = "checkpoints/step-000001/state.json";
    expect(new TextDecoder().decode(await files.read(path, { start: 2, end: 6 }))).toBe("step");
    expect((await files.read(path)).length).toBeGreaterThan(6);
    await expect(files.read("nothing.json")).rejects.toMatchObject({ code: "checkpoint/missing" });
  }
});
