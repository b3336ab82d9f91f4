import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkpointsOf, runAlone, type Started, startTrivium, weightsOf } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-threads-"));
const threadsBefore = process.env.TRIVIUM_THREADS;
beforeAll(() => writeToyData(folder));
afterAll(() => {
  rmSync(folder, { recursive: true });
  useThreads(threadsBefore);
});

function useThreads(count: string | undefined): void {
  if (count === undefined) delete process.env.TRIVIUM_THREADS;
  else process.env.TRIVIUM_THREADS = count;
}

const training = (out: string, steps: number) => [
  ...["train", "--data", "toy.tsv", ...tiny, "--width", "64", "--batch", "32", "--decoded", "0"],
  ...["--steps", String(steps), "--evaluate-every", "100000", "--out", out],
];

/** The threads of a process by name, where the system tells. */
const threadsOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/task`).map((id) => readFileSync(`/proc/${pid}/task/${id}/comm`, "utf8").trim());
const hasProc = existsSync("/proc/self/task");

async function startTraining(out: string): Promise<Started & { readonly pid: number }> {
  const started = startTrivium(training(out, 1_000_000), folder);
  await started.says("step 0 of");
  return { ...started, pid: started.child.pid as number };
}

/** What is left of a process: it and whatever shares its threads. */
const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 0],
] as const)("%s with threads on: a checkpoint, exit code %i, nothing left", async (signal, exitCode) => {
  useThreads("3");
  const { child, ended, pid } = await startTraining(signal);
  if (hasProc) expect(threadsOf(pid).filter((name) => name.startsWith("simd"))).toEqual(["simd 1", "simd 2"]);
  child.kill(signal);
  expect((await ended).code).toBe(exitCode);
  expect(checkpointsOf(join(folder, signal))).not.toHaveLength(0);
  expect(isThere(pid)).toBe(false);
});

test("a second Ctrl-C with threads on ends it at once", async () => {
  useThreads("2");
  const { child, ended, says, pid } = await startTraining("twice");
  child.kill("SIGINT");
  await says("once more to stop at once");
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  expect(isThere(pid)).toBe(false);
});

test("a training with threads ends by itself, with the weights of one thread", async () => {
  for (const count of ["1", "2"]) {
    useThreads(count);
    expect((await runAlone(training(`by-${count}`, 12), folder)).code).toBe(0);
  }
  expect(weightsOf(join(folder, "by-2")).equals(weightsOf(join(folder, "by-1")))).toBe(true);
});
