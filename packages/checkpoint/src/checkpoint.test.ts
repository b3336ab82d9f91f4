import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { latestCheckpoint, readCheckpoint } from "./folder-files.ts";
import { discardCheckpointsAfter, writeCheckpoint } from "./write-checkpoint.ts";

const root = await mkdtemp(join(tmpdir(), "trivium-checkpoint-"));
let run = root;
let count = 0;
beforeEach(() => {
  run = join(root, String(count++));
});
afterAll(() => rm(root, { recursive: true }));

const filesOf = (step: number, size = 3) => ({
  "model.safetensors": { w: { dtype: "F32", shape: [size], data: new Float32Array(size).fill(step) } } as const,
  "optimizer.safetensors": { "w/first": { dtype: "F32", shape: [1], data: Float32Array.of(-step) } } as const,
  "config.json": { architecture: "prefix" },
  "state.json": { step, random: [1, -2] },
});
const write = (step: number, keep = 100) => writeCheckpoint(run, { step, keep, files: filesOf(step) });
const names = async () => (await readdir(join(run, "checkpoints"))).sort();
const refusal = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => expect.unreachable(),
    (caught: Error & { code: string }) => caught,
  );
  expect(error).toMatchObject({ name: "CheckpointError" });
  return error;
};

test("a checkpoint comes back as it was written", async () => {
  const path = await write(123);
  expect(path).toBe(join(run, "checkpoints", "step-000123"));
  const checkpoint = await readCheckpoint(path);
  expect(checkpoint.step).toBe(123);
  expect(checkpoint.names).toEqual(Object.keys(filesOf(123)));
  expect(checkpoint.arrays("model.safetensors")).toEqual(filesOf(123)["model.safetensors"]);
  expect(checkpoint.json("state.json")).toEqual({ step: 123, random: [1, -2] });
  expect(() => checkpoint.arrays("other.safetensors")).toThrow("has no other.safetensors; it holds model.safetensors,");
});

test("the manifest holds the size and SHA-256 that other tools find", async () => {
  const path = await write(1);
  const manifest = JSON.parse(await readFile(join(path, "manifest.json"), "utf8"));
  for (const [name, { bytes, sha256 }] of Object.entries<{ bytes: number; sha256: string }>(manifest.files)) {
    const content = await readFile(join(path, name));
    expect(bytes).toBe(content.length);
    expect(sha256).toBe(Buffer.from(await crypto.subtle.digest("SHA-256", content)).toString("hex"));
  }
});

test("data in shared memory are written as they are", async () => {
  const data = new Float32Array(new SharedArrayBuffer(16), 4, 2).fill(7);
  await writeCheckpoint(run, { step: 1, files: { "model.safetensors": { w: { dtype: "F32", shape: [2], data } } } });
  const { checkpoint } = await latestCheckpoint(run);
  expect(checkpoint?.arrays("model.safetensors").w?.data).toEqual(Float32Array.of(7, 7));
});

test("the newest is the one of the highest step, over the edge of six digits too", async () => {
  for (const step of [999_999, 1_000_000, 5]) await write(step);
  expect((await latestCheckpoint(run)).checkpoint?.step).toBe(1_000_000);
});

test("an empty or missing run has no latest checkpoint", async () => {
  expect(await latestCheckpoint(run)).toEqual({ checkpoint: null, skipped: [] });
  await mkdir(join(run, "checkpoints"), { recursive: true });
  expect(await latestCheckpoint(run)).toEqual({ checkpoint: null, skipped: [] });
});

test("only the newest are kept, and later steps are never removed by an earlier one", async () => {
  for (const step of [1, 2, 3, 4]) await write(step, 2);
  expect(await names()).toEqual(["step-000003", "step-000004"]);
  await write(2, 1);
  expect(await names()).toEqual(["step-000002", "step-000003", "step-000004"]);
});

test("a step that is written again replaces itself without a moment in which it is not there", async () => {
  await write(7);
  await writeCheckpoint(run, { step: 7, files: { "state.json": "again" } });
  await writeCheckpoint(run, { step: 7, files: { "state.json": "a third time" } });
  expect(await names()).toHaveLength(1);
  expect((await latestCheckpoint(run)).checkpoint?.json("state.json")).toBe("a third time");
});

test("going on from an earlier step discards the later ones", async () => {
  for (const step of [1, 2, 3]) await write(step);
  await discardCheckpointsAfter(run, 1);
  expect(await names()).toEqual(["step-000001"]);
});

test("a file cut off at any place is refused by name, and the one before is found with the reason", async () => {
  const before = await write(1);
  const path = await write(2);
  for (const name of [...Object.keys(filesOf(2)), "manifest.json"]) {
    const file = join(path, name);
    const whole = await readFile(file);
    for (const length of [0, 1, Math.floor(whole.length / 2), whole.length - 2]) {
      await truncate(file, length);
      const error = await refusal(readCheckpoint(path));
      expect(error.message).toContain(file);
      expect(["checkpoint/truncated", "checkpoint/manifest"]).toContain(error.code);
      const { checkpoint, skipped } = await latestCheckpoint(run);
      expect(checkpoint?.path).toBe(before);
      expect(skipped.map(({ message }) => message)).toEqual([error.message]);
      await writeFile(file, whole);
    }
  }
  expect((await latestCheckpoint(run)).checkpoint?.step).toBe(2);
});

test("a single altered bit anywhere is refused, and so is a file that is missing", async () => {
  await write(1);
  const path = await write(2);
  for (const name of Object.keys(filesOf(2))) {
    const file = join(path, name);
    const whole = await readFile(file);
    for (const at of [0, 8, Math.floor(whole.length / 2), whole.length - 1]) {
      const altered = Buffer.from(whole);
      altered.writeUInt8(altered.readUInt8(at) ^ 4, at);
      await writeFile(file, altered);
      expect(await refusal(readCheckpoint(path))).toMatchObject({ code: "checkpoint/altered" });
      expect((await latestCheckpoint(run)).checkpoint?.step).toBe(1);
    }
    await rm(file);
    expect(await refusal(readCheckpoint(path))).toMatchObject({ code: "checkpoint/missing" });
    await writeFile(file, whole);
  }
});

test("a file that has grown is refused", async () => {
  const path = await write(1);
  await appendFile(join(path, "state.json"), " ");
  expect((await refusal(readCheckpoint(path))).message).toMatch(/state\.json is truncated or altered: \d+ bytes where/);
});

test("a manifest that points out of its folder is refused", async () => {
  const path = await write(1);
  const file = join(path, "manifest.json");
  const manifest = await readFile(file, "utf8");
  await writeFile(file, manifest.replace('"state.json"', '"../state.json"'));
  expect(await refusal(readCheckpoint(path))).toMatchObject({ code: "checkpoint/manifest" });
});

test("what is no checkpoint is told apart in one line", async () => {
  expect((await refusal(readCheckpoint(run))).message).toBe(
    `${run} has no manifest.json; is it the folder of a checkpoint?`,
  );
  await mkdir(run);
  await writeFile(join(run, "file"), "");
  expect((await refusal(readCheckpoint(join(run, "file")))).message).toContain("a part of the path is a file");
});

test("temporary folders of a killed process are no checkpoints", async () => {
  const path = await write(1);
  await cp(path, join(run, "checkpoints", ".trivium-temporary-step-000009-1"), { recursive: true });
  expect((await latestCheckpoint(run)).checkpoint?.step).toBe(1);
});

test("unusable options are refused before anything is written", async () => {
  const cases: [object, string][] = [
    [{ step: -1 }, "a step is a whole number from 0, got -1"],
    [{ step: 1.5 }, "got 1.5"],
    [{ keep: 0 }, "keep is a whole number from 1, got 0"],
    [{ files: { "../model.safetensors": {} } }, '"../model.safetensors"'],
    [{ files: { "manifest.json": {} } }, '"manifest.json"'],
    [{ files: { "weights.bin": {} } }, '"weights.bin"'],
    [{ files: { "state.json": undefined } }, 'nothing is given for "state.json"'],
  ];
  for (const [options, message] of cases) {
    const error = await refusal(writeCheckpoint(run, { step: 1, files: {}, ...options }));
    expect(error.message).toContain(message);
  }
  expect((await latestCheckpoint(run)).checkpoint).toBeNull();
});

test("a number that JSON would turn into null is refused, and nothing is left behind", async () => {
  await write(1);
  const files = { "state.json": { best: Number.POSITIVE_INFINITY } };
  expect((await refusal(writeCheckpoint(run, { step: 2, files }))).message).toContain("best: Infinity");
  expect(await names()).toEqual(["step-000001"]);
});
