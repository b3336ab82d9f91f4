import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "@trivium/core";
import { processesOf } from "@trivium/distributed/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isInstalled } from "./mpi.ts";
import { type Started, weightsOf } from "./run-trivium.ts";
import { writeToyData } from "./toy-data.ts";
import { createTwoHosts, forgetHosts, hasNamespaces, type TwoHosts } from "./two-hosts.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/scale/README.md"), "utf8");
/** The commands of the page, but for those that install, and the one that asks for a password. */
const commands = [...page.matchAll(/```sh\n([^`]*)```/g)]
  .flatMap(([, block]) => block!.trim().split("\n"))
  .filter((line) => !/^(sudo|npm|ssh-copy-id) /.test(line));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads what the system knows of a process: nothing if it has ended. */
function ofProcess(id: number, name: string): string {
  try {
    return readFileSync(`/proc/${id}/${name}`, "utf8");
  } catch {
    return "";
  }
}

/** Seconds of steps behind those in which code is compiled. */
const stepTimes = (folder: string): number[] =>
  readFileSync(join(folder, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly type: string; readonly seconds: number })
    .filter(({ type }) => type === "step")
    .slice(6)
    .map(({ seconds }) => seconds)
    .sort((a, b) => a - b);

const isLong = process.env.TRIVIUM_LONG !== undefined;
/** Seconds that ranks which nobody answers wait. A start has to be faster. */
const patience = 30;
/** Steps of a training, and milliseconds from the start until something happens to it. */
const [steps, quietMs] = isLong ? [400, 1500] : [150, 300];

const isThere = isInstalled("mpirun.openmpi") && hasNamespaces();
const note = isThere
  ? ""
  : " (skipped: openmpi-bin or openssh-server is not installed, or this system lets nobody make network namespaces)";

describe.skipIf(!isThere)(`two machines${note}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "trivium-hosts-"));
  let hosts: TwoHosts;
  beforeAll(async () => {
    hosts = createTwoHosts(folder);
    writeToyData(hosts.homes[0]);
    for (const home of hosts.homes) copyFileSync(join(hosts.homes[0], "toy.tsv"), join(home, "words.tsv"));
    await answers();
  });
  afterAll(() => {
    hosts.remove();
    rmSync(folder, { recursive: true });
  });

  /** Waits until the second host's server answers. */
  async function answers(): Promise<void> {
    for (let looks = 0; looks < 50; looks++) {
      if ((await hosts.start("ssh 10.0.0.2 true").ended).code === 0) return;
      await pause(100);
    }
  }

  const done = async (line: string): Promise<string> => {
    const { code, stdout, stderr } = await hosts.start(line).ended;
    expect(code, `${line}\n${stdout}\n${stderr}`).toBe(0);
    return stdout;
  };

  const words = `train --data words.tsv --steps ${steps} --decoded 0 --width 16 --layers 1 --heads 2 --checkpoint-every 10`;
  const launch = "trivium launch -n 2 --hosts 10.0.0.1:1,10.0.0.2:1 --network 10.0.0.0/24";
  const weights = (run: string) => weightsOf(join(hosts.homes[0], run));
  let alone: Promise<string> | undefined;
  const undisturbed = () => {
    alone ??= done(`trivium ${words} --shards 8 --out runs/undisturbed`);
    return alone;
  };

  /** Ranks of a launch that runs, on both hosts. */
  const ranksOf = (started: Started) => {
    const tree = (id: number): number[] => {
      const children = ofProcess(id, `task/${id}/children`).trim().split(" ").filter(Boolean);
      return [id, ...children.map(Number).flatMap(tree)];
    };
    const marks = tree(started.child.pid!).map((id) => /TRIVIUM_LAUNCH=([\w-]+)/.exec(ofProcess(id, "environ")));
    const run = marks.find(Boolean)![1]!;
    const commandOf = (id: number) => readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
    return { run, ranks: processesOf(run).filter((id) => commandOf(id)[0] === process.execPath) };
  };

  const gone = async (run: string, seconds: number) => {
    for (let looks = 0; processesOf(run).length > 0 && looks < 10 * seconds; looks++) await pause(100);
    const left = processesOf(run).map(
      (id) => `${ofProcess(id, "cmdline").replaceAll("\0", " ")}${ofProcess(id, "status")}`,
    );
    expect(left).toEqual([]);
  };

  test("a cut cable: the launch goes on without the second machine, with the bytes of one process, and no rank stays there", async () => {
    const started = hosts.start(`${launch} --deadline 3 --patience ${patience} -- ${words} --out runs/cut`);
    await started.says("ranks share");
    await pause(quietMs);
    const { run } = ranksOf(started);
    hosts.cut();
    const { code, stderr } = await started.ended;
    expect(code, stderr).toBe(0);
    // The deadline of a step, or the patience for a checkpoint.
    expect(stderr).toMatch(
      /they were silent for 30?\.\d s; starting 1 again from the newest checkpoint, without 10\.0\.0\.2/,
    );
    await undisturbed();
    expect(weights("runs/cut").equals(weights("runs/undisturbed"))).toBe(true);
    // A rank there ends by itself when nobody has answered for the seconds of --patience.
    await gone(run, 60);
    hosts.mend();
    await answers();
  });

  // The others take minutes: the long form has them.
  if (!isLong) return;

  test("each command of the page runs as it is written, between two network namespaces", async () => {
    expect(commands).toHaveLength(8);
    for (const line of commands) await done(line);
  });

  test("a rank of the other machine that is killed starts again by ssh, and ends with the bytes of one process", async () => {
    const started = hosts.start(`${launch} --deadline 20 -- ${words} --out runs/killed`);
    await started.says("ranks share");
    await pause(quietMs);
    const { run, ranks } = ranksOf(started);
    expect(ranks).toHaveLength(2);
    process.kill(Math.max(...ranks), "SIGKILL");
    const { code, stderr } = await started.ended;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("starting 2 again from the newest checkpoint");
    await gone(run, 5);
    await undisturbed();
    expect(weights("runs/killed").equals(weights("runs/undisturbed"))).toBe(true);
  });

  test("a machine that cannot take part is one clear line, before anything starts", async () => {
    const refused = async (line: string) => {
      const { code, stderr } = await hosts.start(line).ended;
      expect(code, stderr).toBe(2);
      expect(stderr.trim().split("\n"), stderr).toHaveLength(1);
      return stderr;
    };
    const train = "-- train --data words.tsv --steps 2 --out runs/none";
    const far = launch.replace("10.0.0.2", "10.0.0.3");
    expect(await refused(`${far} ${train}`)).toMatch(
      /10\.0\.0\.3 (cannot be reached: ssh: connect to host|did not answer)/,
    );
    await done("mkdir here");
    expect(await refused(`sh -c 'cd here && ${launch} -- train --data ../words.tsv --steps 2'`)).toContain(
      "10.0.0.2 has no ",
    );
    forgetHosts(hosts);
    expect(await refused(`${launch} ${train}`)).toContain("10.0.0.2 cannot be reached: Host key verification failed.");
    await done("sh -c 'ssh-keyscan 10.0.0.2 > .ssh/known_hosts'");
  });

  const cases = [100, 300, 1000].flatMap((megabits) => [2, 4].map((ranks) => ({ megabits, ranks })));
  test.each(cases)(
    "a plan for $ranks ranks at $megabits Mbit/s is within a fifth of what is measured",
    async ({ megabits, ranks }) => {
      const random = createRandom(1);
      const word = () =>
        String.fromCharCode(...Array.from({ length: 6 + random.integer(9) }, () => 97 + random.integer(26)));
      const lines = Array.from({ length: 1500 }, () => word()).map((one) => `${one}\t${[...one].reverse().join("")}`);
      for (const home of hosts.homes) writeFileSync(join(home, "many.tsv"), `${lines.join("\n")}\n`);
      const given =
        "train --data many.tsv --width 128 --layers 3 --heads 4 --batch 128 --shards 4 --threads 1 --decoded 0";
      const training = `${given} --evaluate-every 100 --steps 14`;
      const runs = Array.from({ length: 2 * ranks }, (_, at) => `runs/plan-${megabits}-${ranks}-${at}`);
      const beside = (from: number) =>
        Promise.all(runs.slice(from, from + ranks).map((out) => done(`trivium ${training} --out ${out}`)));
      // Before and behind, so that the load of the machine is that of the ranks.
      await beside(0);
      hosts.limit(megabits);
      const each = ranks / 2;
      const network = "--mca btl tcp,self --mca btl_tcp_if_include 10.0.0.0/24 --mca oob_tcp_if_include 10.0.0.0/24";
      const options = `--allow-run-as-root --oversubscribe --bind-to none -x TRIVIUM_THREADS=1 ${network}`;
      const mpirun = `mpirun.openmpi ${options} -n ${ranks} --host 10.0.0.1:${each},10.0.0.2:${each} trivium`;
      const out = `runs/measured-${megabits}-${ranks}`;
      await done(`${mpirun} ${training} --out ${out}`);
      await beside(ranks);
      const plan = await done(`${mpirun} plan ${runs.join(" ")} --measure --ranks ${ranks} --json`);
      hosts.limit(10_000);
      const seconds = stepTimes(join(hosts.homes[0], out));
      const measured = seconds[seconds.length >> 1]!;
      const { rows, bandwidth, latency } = JSON.parse(plan) as {
        readonly rows: readonly { readonly seconds: number }[];
        readonly bandwidth: number;
        readonly latency: number;
      };
      const planned = rows[0]!.seconds;
      const shown = `planned ${planned.toFixed(3)} s, measured ${measured.toFixed(3)} s`;
      console.log(
        `${megabits} Mbit/s, ${ranks} ranks: ${shown}; network ${(bandwidth / 1e6).toFixed(1)} MB/s, ${(1e6 * latency).toFixed(0)} us`,
      );
      expect(Math.abs(planned / measured - 1)).toBeLessThan(0.2);
    },
  );
});
