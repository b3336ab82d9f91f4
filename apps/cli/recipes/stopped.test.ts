import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readMetrics } from "@trivium/checkpoint/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkpointsOf, command, startProgram, startTrivium } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-stopped-"));
beforeAll(() => writeToyData(folder));
afterAll(() => rmSync(folder, { recursive: true }));

test("time during which the process was stopped, twice, is no step's time", async () => {
  const out = join(folder, "run");
  const training = ["train", "--data", "toy.tsv", ...tiny, "--decoded", "0", "--steps", "100000", "--out", out];
  const { child, ended, says } = startTrivium(training, folder);
  await says("step 0 of 100000");
  const lines = () => readFileSync(join(out, "metrics.jsonl"), "utf8").split("\n").length;
  for (let stop = 0; stop < 2; stop++) {
    await sleep(1000);
    child.kill("SIGSTOP");
    await sleep(3000);
    const before = lines();
    child.kill("SIGCONT");
    while (lines() < before + 5) await sleep(20);
  }
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  const seconds = (await readMetrics(join(out, "metrics.jsonl"))).map((record) => Number(record.seconds ?? 0));
  expect(seconds.length).toBeGreaterThan(10);
  expect(Math.max(...seconds)).toBeLessThan(2);
  expect(Math.min(...seconds)).toBeGreaterThanOrEqual(0);
});

/** A scheduler that ends a job, with a signal, some steps after it began. */
const scheduler = `#!/bin/sh
lines() { wc -l < runs/words/metrics.jsonl 2>/dev/null || echo 0; }
before=$(lines)
"$@" &
job=$!
while kill -0 $job 2>/dev/null; do
  if [ "$(lines)" -ge $((before + 60)) ]; then kill -TERM $job; break; fi
  sleep 0.05
done
wait $job
`;

test("under a limit of time, job after job reaches the end by the script of docs/command-line.md", async () => {
  const docs = readFileSync(join(import.meta.dirname, "../../../docs/command-line.md"), "utf8");
  const script = /```sh\n(#!\/bin\/sh\n[^`]*srun [^`]*)```/.exec(docs)?.[1] as string;
  const shim = `#!/bin/sh\nexec "${process.execPath}" ${command.map((word) => `"${word}"`).join(" ")} "$@"\n`;
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
    chmodSync(join(folder, path), 0o755);
  };
  write("node_modules/.bin/trivium", shim);
  write("bin/srun", scheduler);
  write("words.sh", script.replace("--steps 200000", `--steps 150 ${tiny.join(" ")} --decoded 0`));
  cpSync(join(folder, "toy.tsv"), join(folder, "words.tsv"));
  const reached: string[] = [];
  while (reached.at(-1) !== "step-000150" && reached.length < 8) {
    const { code, stderr } = await startProgram("env", [`PATH=bin:${process.env.PATH}`, "./words.sh"], folder).ended;
    expect(code, stderr).toBe(0);
    reached.push(checkpointsOf(join(folder, "runs/words")).at(-1) as string);
  }
  expect(reached.at(-1)).toBe("step-000150");
  expect(new Set(reached).size).toBeGreaterThan(2);
  const { code, stderr } = await startProgram("env", [`PATH=bin:${process.env.PATH}`, "./words.sh"], folder).ended;
  expect([code, checkpointsOf(join(folder, "runs/words")).at(-1)], stderr).toEqual([0, "step-000150"]);
});
