import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { openRun } from "./run-folder.ts";
import { releaseRun } from "./run-lock.ts";

const root = await mkdtemp(join(tmpdir(), "trivium-lock-"));
afterAll(() => rm(root, { recursive: true }));
let run = root;
let count = 0;
beforeEach(() => {
  run = join(root, String(count++));
});

const identity = { of: "the lock test" };
const open = () => openRun(run, { identity, resume: true });
/** Who has a lock there, as the names say. */
const holders = async () =>
  (await readdir(run)).flatMap((name) => /^\.trivium-lock-(\d+)-\d+-/.exec(name)?.[1] ?? []).map(Number);

/** A process that has opened the run, and does then what it is told. */
async function otherProcess(then: string) {
  const program = `
    import { openRun } from "@trivium/checkpoint/node";
    await openRun(process.argv[1], { identity: ${JSON.stringify(identity)}, resume: true });
    process.stdout.write("open");
    ${then}
  `;
  const flags = ["--conditions=@trivium/source", "--input-type=module", "-e", program, run];
  const child = spawn(process.execPath, flags, { cwd: join(import.meta.dirname, "..") });
  await once(child.stdout, "data");
  return child;
}

const waiting = "process.stdin.resume();";

test("a run of a live process is refused in one line, and what it is writing stays", async () => {
  const other = await otherProcess(waiting);
  const unfinished = join(run, "checkpoints", `.trivium-temporary-step-000001-${other.pid}`);
  await mkdir(unfinished, { recursive: true });
  await expect(open()).rejects.toMatchObject({
    name: "CheckpointError",
    code: "checkpoint/in-use",
    message: expect.stringMatching(
      new RegExp(`^${run} is in use by process ${other.pid} on .+; wait for its end, or remove .+ there if it is not`),
    ),
  });
  expect(existsSync(unfinished)).toBe(true);
  expect(await holders()).toEqual([other.pid]);
  other.kill("SIGKILL");
  await once(other, "close");
  expect(await holders()).toEqual([other.pid]);
  await open();
  expect(await holders()).toEqual([process.pid]);
  expect(existsSync(unfinished)).toBe(false);
});

test("a process that ends leaves no lock, whether by itself or by an error", async () => {
  for (const then of ["", "process.exit(3);", "throw new Error('expected by the test');"]) {
    const other = await otherProcess(then);
    await once(other, "close");
    expect(await readdir(run)).toEqual(["run.json"]);
  }
});

test("a process may open its run again, and give it up before it ends", async () => {
  await open();
  await open();
  expect(await holders()).toEqual([process.pid]);
  releaseRun(run);
  expect(await readdir(run)).toEqual(["run.json"]);
  const other = await otherProcess(waiting);
  releaseRun(run);
  expect(await holders()).toEqual([other.pid]);
  other.stdin.end();
  other.kill("SIGKILL");
});

test("a process of another host counts as alive", async () => {
  await mkdir(run);
  const name = `.trivium-lock-${process.pid}-0-elsewhere`;
  await writeFile(join(run, name), "");
  await expect(open()).rejects.toThrow(
    `in use by process ${process.pid} on elsewhere; wait for its end, or remove ${name}`,
  );
  expect(await readdir(run)).toEqual([name]);
});

test.each([
  ["has the number of a live one", process.ppid, 1],
  ["had the number of this one", process.pid, 1],
  ["has a number that no process has", 2 ** 30, 0],
])("a dead process that %s is no obstacle, nor that it never began the run", async (_, pid, started) => {
  await mkdir(run);
  await writeFile(join(run, `.trivium-lock-${pid}-${started}-${hostname()}`), "");
  expect((await open()).isNew).toBe(true);
  expect(await holders()).toEqual([process.pid]);
});

test("of many processes that open a run at once after a kill, at most one gets it, and the next one after them", async () => {
  const killed = await otherProcess(waiting);
  killed.kill("SIGKILL");
  await once(killed, "close");
  const program = `
    import { openRun } from "@trivium/checkpoint/node";
    process.stdout.write("ready");
    await new Promise((resolve) => process.stdin.once("data", resolve));
    const got = await openRun(process.argv[1], { identity: ${JSON.stringify(identity)}, resume: true }).then(() => "yes", ({ code }) => code);
    process.stdout.write(got);
    process.stdin.resume();
  `;
  const flags = ["--conditions=@trivium/source", "--input-type=module", "-e", program, run];
  const cwd = join(import.meta.dirname, "..");
  const all = Array.from({ length: 4 }, () => spawn(process.execPath, flags, { cwd }));
  await Promise.all(all.map(({ stdout }) => once(stdout, "data")));
  for (const { stdin } of all) stdin.write("go");
  const answers = await Promise.all(all.map(async ({ stdout }) => String((await once(stdout, "data"))[0])));
  expect(answers.filter((answer) => answer === "yes").length).toBeLessThan(2);
  expect(answers.filter((answer) => answer === "checkpoint/in-use").length).toBeGreaterThan(2);
  await Promise.all(all.map((child) => child.kill("SIGKILL") && once(child, "close")));
  await open();
  expect(await holders()).toEqual([process.pid]);
});
