import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkpointsOf, jsonOf, runTrivium, weightsOf } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

/** A disk of 1 MiB, where this process may mount one; else the reason why not. */
const folder = mkdtempSync(join(tmpdir(), "trivium-disk-"));
const disk = mkdtempSync(join(tmpdir(), "trivium-disk-"));
const mount = (...flags: string[]): string | undefined => {
  try {
    execFileSync("mount", [...flags, disk], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `needs the right to mount a tmpfs: ${(error as Error).message.split("\n").at(-1)}`;
  }
};
const reason = mount("-t", "tmpfs", "-o", "size=1m", "tmpfs");

beforeAll(() => writeToyData(folder));
afterAll(() => {
  if (reason === undefined) execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true });
  rmSync(folder, { recursive: true });
});

const training = (out: string, ...more: string[]) => [
  ...["train", "--data", "toy.tsv", ...tiny, "--decoded", "0", "--steps", "600", "--schedule", "constant"],
  ...["--checkpoint-every", "5", "--evaluate-every", "100000", "--out", out, ...more],
];

const oneLine = /^trivium: [^\n]+\n$/m;

test("a disk that fills up while it trains ends it in one clear line, and the last checkpoint goes on later", async (context) => {
  if (reason !== undefined) return context.skip(reason);
  // Leaves room for some checkpoints; the metrics of each step take the rest.
  writeFileSync(join(disk, "filler"), new Uint8Array(780 * 1024));
  const run = join(disk, "run");
  const { code, stdout, stderr } = await runTrivium(training(run), folder);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(oneLine);
  expect(stderr).toMatch(/the disk is full; free some space or write elsewhere \(ENOSPC\)/);
  expect(checkpointsOf(run).length).toBeGreaterThan(0);
  rmSync(join(disk, "filler"));
  const resumed = await runTrivium(training(run, "--resume"), folder);
  expect(resumed).toMatchObject({ code: 0, stderr: expect.stringMatching(/resumed from step \d+5|0 of 600/) });
  await jsonOf(training("undisturbed"), folder);
  expect(weightsOf(run).equals(weightsOf(join(folder, "undisturbed")))).toBe(true);
});

test("a comparison whose report does not fit prints it all the same", async (context) => {
  if (reason !== undefined) return context.skip(reason);
  rmSync(join(disk, "run"), { recursive: true, force: true });
  writeFileSync(join(disk, "filler"), new Uint8Array(1000 * 1024));
  const flags = ["--data", "toy.tsv", ...tiny, "--steps", "2", "--architectures", "causal"];
  const { code, stdout, stderr } = await runTrivium(
    ["compare", ...flags, "--out", join(disk, "report"), "--json"],
    folder,
  );
  expect(code).toBe(2);
  expect(stderr).toMatch(/the disk is full/);
  expect(JSON.parse(stdout).arms).toHaveLength(1);
});

test("a read-only disk is refused in one clear line before anything is computed", async (context) => {
  const cannot = reason ?? mount("-o", "remount,ro");
  if (cannot !== undefined) return context.skip(cannot);
  for (const command of [
    training(join(disk, "new")),
    ["compare", "--data", "toy.tsv", ...tiny, "--layers", "2", "--out", join(disk, "new")],
  ]) {
    const { code, stdout, stderr } = await runTrivium(command, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^trivium: [^\n]*read-only[^\n]*\n$/);
  }
});
