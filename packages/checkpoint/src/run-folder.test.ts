import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { openRun, readRunIdentity } from "./run-folder.ts";
import { writeCheckpoint } from "./write-checkpoint.ts";

const root = await mkdtemp(join(tmpdir(), "trivium-run-"));
let run = root;
let count = 0;
beforeEach(() => {
  run = join(root, String(count++), "nested");
});
afterAll(() => rm(root, { recursive: true }));

const identity = { architecture: "prefix", model: { layers: 2, width: 64 }, seed: 1 };
const refusal = async (act: () => Promise<unknown>) => {
  const before = await contents();
  const error = await act().then(
    () => expect.unreachable(),
    (caught: Error & { code: string }) => caught,
  );
  expect(error).toMatchObject({ name: "CheckpointError" });
  expect(await contents()).toEqual(before);
  return error;
};
/** Everything but who is at work there. */
const contents = async () =>
  Promise.all(
    (await readdir(run, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && !entry.name.startsWith(".trivium-lock-"))
      .map(async (entry) => [entry.name, await readFile(join(entry.parentPath, entry.name), "utf8")]),
  );

test("a missing and an empty folder become runs", async () => {
  expect(await openRun(run, { identity })).toEqual({ directory: run, isNew: true });
  expect(await readRunIdentity(run)).toEqual(identity);
  await rm(run, { recursive: true });
  await mkdir(run);
  expect(await openRun(run, { identity, resume: true })).toEqual({ directory: run, isNew: true });
});

test("a run without checkpoints may be started again; one with checkpoints must be resumed on purpose", async () => {
  await openRun(run, { identity });
  expect((await openRun(run, { identity })).isNew).toBe(false);
  await writeCheckpoint(run, { step: 1, files: { "state.json": {} } });
  expect(await refusal(() => openRun(run, { identity }))).toMatchObject({ code: "checkpoint/run-exists" });
  expect((await openRun(run, { identity, resume: true })).isNew).toBe(false);
});

test("the order of the fields of an identity does not matter, nor an undefined one", async () => {
  await openRun(run, { identity });
  const same = { seed: 1, model: { width: 64, layers: 2 }, architecture: "prefix", note: undefined };
  expect((await openRun(run, { identity: same, resume: true })).isNew).toBe(false);
});

test("another run is refused with the fields that differ, and loses nothing", async () => {
  await openRun(run, { identity });
  const other = { ...identity, model: { layers: 3, width: 64 }, extra: true };
  const error = await refusal(() => openRun(run, { identity: other, resume: true }));
  expect(error.code).toBe("checkpoint/other-run");
  expect(error.message).toContain("model.layers is 2 there, 3 here; extra is absent there, true here");
});

test("a folder with anything else in it is refused", async () => {
  await mkdir(run, { recursive: true });
  await writeFile(join(run, "thesis.tex"), "ten years of work");
  const error = await refusal(() => openRun(run, { identity }));
  expect(error.code).toBe("checkpoint/not-a-run");
  expect(error.message).toContain("it holds thesis.tex and no run.json; choose another folder");
  expect((await refusal(() => readRunIdentity(run))).message).toContain("it has no run.json");
});

test.each(["not json", '{"identity": 3}', ""])("a run.json that is not ours (%j) is refused", async (text) => {
  await mkdir(run, { recursive: true });
  await writeFile(join(run, "run.json"), text);
  expect((await refusal(() => openRun(run, { identity }))).message).toContain("its run.json is not one of ours");
});

test("a file in place of the folder is refused", async () => {
  await mkdir(join(run, ".."), { recursive: true });
  await writeFile(run, "");
  await expect(openRun(run, { identity })).rejects.toThrow("a part of the path is a file");
});

test("what a killed process left is removed, whether it died opening the run or writing a checkpoint", async () => {
  await mkdir(run, { recursive: true });
  await writeFile(join(run, ".trivium-temporary-run"), "{");
  expect((await openRun(run, { identity })).isNew).toBe(true);
  await mkdir(join(run, "checkpoints", ".trivium-temporary-step-000001-77"), { recursive: true });
  await openRun(run, { identity, resume: true });
  expect(await readdir(run)).toEqual([expect.stringMatching(/^\.trivium-lock-/), "checkpoints", "run.json"]);
  expect(await readdir(join(run, "checkpoints"))).toEqual([]);
});
