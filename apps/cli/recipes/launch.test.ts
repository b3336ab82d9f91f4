import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "@trivium/core";
import { processesOf } from "@trivium/distributed/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isInstalled, launchers } from "./mpi.ts";
import { jsonOf, runTrivium, type Started, startTrivium, weightsOf } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const isLong = process.env.TRIVIUM_LONG !== undefined;
/** Kills of a random rank at random moments, beside one of each other way. */
const [kills, steps] = isLong ? [20, 1200] : [1, 120];
/** Say `TRIVIUM_SEED=…` to kill at the same moments again. */
const seed = Number(process.env.TRIVIUM_SEED ?? Date.now());
const random = createRandom(seed);
const folder = mkdtempSync(join(tmpdir(), "trivium-launched-"));
beforeAll(() => writeToyData(folder));
afterAll(() => rmSync(folder, { recursive: true }));

const training = (out: string) => [
  ...["train", "--data", "toy.tsv", ...tiny, "--dropout", "0.1", "--steps", String(steps), "--decoded", "0"],
  ...["--micro-batch", "2", "--packing", "16", "--checkpoint-every", "5", "--evaluate-every", String(steps)],
  ...["--shards", "4", "--out", out, "--resume"],
];

/** Seconds of silence after which a launch ends its ranks: of a step, and of a start or a checkpoint. */
const [deadline, patience] = ["6", "60"];

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A launch that runs, and what a test does to it. */
function startLaunch(out: string, mpirun: string, size = 2) {
  const launch = ["launch", "-n", String(size), "--mpirun", mpirun, "--deadline", deadline, "--patience", patience];
  const started: Started = startTrivium([...launch, "--", ...training(out)], folder);
  const { child } = started;
  let said = "";
  child.stderr!.on("data", (text: string) => {
    said += text;
  });
  const metrics = join(folder, out, "metrics.jsonl");
  const lines = () => (existsSync(metrics) ? readFileSync(metrics, "utf8").split("\n").length : 0);
  const childOf = (id: number) => Number(readFileSync(`/proc/${id}/task/${id}/children`, "utf8").trim().split(" ")[0]);
  const wordsOf = (id: number) => readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
  /** The mark of all processes of the run, as the environment of its launcher has it. */
  const run = () => /TRIVIUM_LAUNCH=([\w-]+)/.exec(readFileSync(`/proc/${childOf(child.pid!)}/environ`, "utf8"))![1]!;
  return {
    ...started,
    run,
    ranks: () => processesOf(run()).filter((id) => wordsOf(id)[0] === process.execPath),
    /** Waits until that many more steps are taken, and a moment longer. */
    async trains(more: number) {
      const before = lines();
      while (child.exitCode === null && lines() - before < more) await pause(5);
      await pause(random.uniform() * 20);
    },
    /** Waits until the ranks have been started again that many times. */
    async startsAgain(times: number) {
      while (child.exitCode === null && said.split("starting 2 again").length <= times) await pause(20);
    },
  };
}

async function gone(run: string): Promise<void> {
  for (let looks = 0; processesOf(run).length > 0 && looks < 200; looks++) await pause(50);
  expect(processesOf(run)).toEqual([]);
}

for (const { name, program } of launchers) {
  const isThere = isInstalled(program) && (isLong || program === launchers[0]!.program);
  const note = isInstalled(program) ? "" : ` (skipped: ${program} is not installed)`;
  test.skipIf(!isThere)(
    `a launch by ${name} goes on by itself when ranks are killed or hang, stops when it is asked, and ends with the bytes of one process (seed ${seed})${note}`,
    async () => {
      const out = `launched-${name}`;
      let launch = startLaunch(out, program);
      for (let kill = 0; kill <= kills; kill++) {
        await launch.trains(1 + random.integer(8));
        const ranks = launch.ranks();
        expect(ranks).toHaveLength(2);
        // The last one hangs instead, until the deadline.
        process.kill(ranks[random.integer(2)]!, kill === kills ? "SIGSTOP" : "SIGKILL");
        await launch.startsAgain(kill + 1);
      }
      await launch.trains(2);
      const stopped = launch.run();
      launch.child.kill("SIGTERM");
      const { code, stderr } = await launch.ended;
      expect(code, stderr).toBe(0);
      expect(stderr.match(/the ranks have ended: exit code/g), stderr).toHaveLength(kills);
      // It hangs within a step, or while a checkpoint is written.
      expect(stderr).toMatch(/the ranks have ended: they were silent for 60?\.\d s; starting 2 again/);
      expect(stderr).toContain("to go on, repeat the command with --resume");
      await gone(stopped);

      launch = startLaunch(out, program, isLong ? 4 : 2);
      await launch.trains(2);
      const orphaned = launch.run();
      launch.child.kill("SIGKILL");
      await gone(orphaned);

      // One process goes on from the slices of several ranks.
      await jsonOf(training(out), folder);
      await jsonOf(training("undisturbed"), folder);
      expect(weightsOf(join(folder, out)).equals(weightsOf(join(folder, "undisturbed")))).toBe(true);
    },
  );
}

test("a launch of something else, or of ranks that do not fit, is one clear line", async () => {
  const failed = async (...words: readonly string[]) => {
    const { code, stderr } = await runTrivium(["launch", ...words], folder);
    expect(code, stderr).toBe(2);
    return stderr;
  };
  expect(await failed("-n", "2", "--", "evaluate", "run")).toContain("launch starts trivium train, got evaluate");
  expect(await failed("-n", "3", "--mpirun", "sh", "--", ...training("none"))).toContain("use --shards 3, or 2 ranks");
});
