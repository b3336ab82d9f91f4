import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkpointsOf, command, jsonOf, weightsOf } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-streams-"));
beforeAll(() => writeToyData(folder));
afterAll(() => rmSync(folder, { recursive: true }));

const training = (out: string, steps = 20, ...more: string[]) => [
  ...["train", "--data", "toy.tsv", ...tiny, "--decoded", "0", "--steps", String(steps), "--schedule", "constant"],
  ...["--evaluate-every", "5", "--checkpoint-every", "100000", "--out", out, ...more],
];
const full = "/dev/full";
const hasFull = existsSync(full) ? undefined : `needs ${full}`;

/** Runs a command with streams of its own: numbers of descriptors. */
async function run(args: readonly string[], stdout: number | "pipe", stderr: number | "pipe") {
  const child = spawn(process.execPath, [...command, ...args], { cwd: folder, stdio: ["ignore", stdout, stderr] });
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name]?.on("data", (text) => (written[name] += text));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, ...written };
}

/** Descriptors that take nothing: a full disk, one that is read-only, a pipe that nobody reads. */
const broken: Readonly<Record<string, () => number>> = {
  ENOSPC: () => openSync(full, "w"),
  EBADF: () => openSync(join(folder, "toy.tsv"), "r"),
};

test.each(Object.keys(broken))("notes that end in %s are dropped and counted, and the run finishes", async (name) => {
  if (name === "ENOSPC" && hasFull) return;
  const stderr = broken[name]?.() as number;
  const { code, stdout } = await run([...training(name), "--json"], "pipe", stderr);
  closeSync(stderr);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ step: 20, reason: "finished", lostNotes: expect.any(Number) });
  // The parameters and four evaluations. The last state may be lost only after this is counted.
  expect(JSON.parse(stdout).lostNotes).toBeGreaterThanOrEqual(5);
});

test.each(Object.keys(broken))("a result that ends in %s is one line and exit code 2", async (name) => {
  if (name === "ENOSPC" && hasFull) return;
  for (const args of [["list", "mask"], ["list", "--json"], training(`result-${name}`, 2)]) {
    const stdout = broken[name]?.() as number;
    const { code, stderr } = await run(args, stdout, "pipe");
    closeSync(stdout);
    expect(code).toBe(2);
    expect(stderr.match(/^trivium: /gm)).toHaveLength(1);
    expect(stderr).toMatch(new RegExp(`^trivium: the result cannot be written to stdout: ${name}[^\\n]*\\n$`, "m"));
    expect(stderr).not.toContain(" at ");
  }
  expect(checkpointsOf(join(folder, `result-${name}`))).toEqual(["step-000002"]);
});

test("a terminal that closes saves the run as a plain kill does", async (context) => {
  if (!spawnSync("script", ["--version"]).stdout?.includes("util-linux"))
    return context.skip("needs util-linux's script, which opens a terminal");
  const typed = [process.execPath, ...command, ...training("closed", 100_000)].join(" ");
  writeFileSync(join(folder, "go.sh"), `echo $$ > ${folder}/pid; exec ${typed}\n`);
  const terminal = spawn("script", ["-qec", `sh ${folder}/go.sh`, "/dev/null"], { cwd: folder, stdio: "ignore" });
  const metrics = join(folder, "closed", "metrics.jsonl");
  while (!existsSync(metrics) || readFileSync(metrics, "utf8").split("\n").length < 10) await sleep(50);
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  terminal.kill("SIGKILL");
  // The system hangs up when the terminal is gone; a shell says so once more.
  await sleep(5);
  try {
    process.kill(pid, "SIGHUP");
  } catch {
    // It has ended already.
  }
  while (isAlive(pid)) await sleep(50);
  const checkpoint = checkpointsOf(join(folder, "closed")).at(-1);
  const step = Number(checkpoint?.slice("step-".length));
  expect(step).toBeGreaterThan(0);
  await jsonOf(training("undisturbed", step, "--evaluate-every", "100000"), folder);
  expect(weightsOf(join(folder, "closed")).equals(weightsOf(join(folder, "undisturbed")))).toBe(true);
});

function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !stat.slice(stat.lastIndexOf(")")).startsWith(") Z");
  } catch {
    return false;
  }
}
