import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkHosts } from "./check-hosts.ts";
import { type LaunchOptions, launchRanks } from "./launch-ranks.ts";
import { findLauncher, launcherWords } from "./launcher.ts";
import { createPulse } from "./pulse.ts";
import { RUN_VARIABLE, recordLine, recordOf } from "./supervision.ts";
import { processesOf } from "./sweep.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-launch-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A launcher that runs the program once, for all ranks: it is given their number in RANKS. */
const launcher = join(folder, "mpirun");
writeFileSync(
  launcher,
  `#!/bin/sh
if [ "$1" = --version ]; then echo "mpirun (Open MPI) 4.1.4"; exit; fi
while [ "$1" != -n ]; do shift; done
export RANKS=$2; shift 2
exec "$@"
`,
);
chmodSync(launcher, 0o755);

const step = `printf '\\036{"type":"step","seconds":0.01}\\n' >&2;`;
const saved = `printf '\\036{"type":"saved"}\\n' >&2;`;

let runs = 0;

/** Launches a program of the shell that writes `$RANKS` at each start, and returns what it wrote and said. */
async function launched(script: string, options: Partial<LaunchOptions> = {}) {
  const log = join(folder, `log-${runs++}`);
  const notes: string[] = [];
  const code = await launchRanks({
    words: ["sh", "-c", `echo $RANKS $1 $${RUN_VARIABLE} >> ${log}; starts=$(wc -l < ${log}); ${script}`, "sh"],
    ranks: 4,
    shards: 12,
    mpirun: launcher,
    pauseSeconds: 0.001,
    signal: new AbortController().signal,
    show: (line) => notes.push(line),
    ...options,
  }).catch((error: unknown) => error);
  const lines = readFileSync(log, "utf8").trim().split("\n");
  return { code, notes, lines, ranks: lines.map((line) => Number(line.split(" ")[0])) };
}

test("ranks that die start again, fewer of them if they took no step, and words are added from the second start on", async () => {
  const { code, ranks, lines, notes } = await launched(
    `[ $starts = 2 ] && { ${step} exit 7; }; [ $starts -lt 4 ] && kill -9 $$; echo done >&2`,
    { again: ["--resume"] },
  );
  expect(code).toBe(0);
  expect(ranks).toEqual([4, 3, 3, 2]);
  expect(lines.map((line) => line.includes("--resume"))).toEqual([false, true, true, true]);
  expect(notes).toEqual([
    "the ranks have ended: the launcher was killed; starting 3 again from the newest checkpoint (1 of 5)",
    "the ranks have ended: exit code 7; starting 3 again from the newest checkpoint (2 of 5)",
    "the ranks have ended: the launcher was killed; starting 2 again from the newest checkpoint (3 of 5)",
    "done",
  ]);
});

test("ranks that fail again and again without a new checkpoint are given up", async () => {
  const { code, lines } = await launched(`[ $starts = 2 ] && { ${saved} }; ${step} exit 1`, { restarts: 2 });
  expect(code).toMatchObject({ code: "distributed/restarts", details: { failures: 3 } });
  expect(lines).toHaveLength(4);
});

test("bad input is not tried again", async () => {
  const { code, lines } = await launched("echo trivium: no such data >&2; exit 2");
  expect(code).toBe(2);
  expect(lines).toHaveLength(1);
});

test("ranks that are silent for too long are ended, with all that they started", async () => {
  const { code, notes, lines } = await launched(
    `[ $starts = 1 ] && { setsid sleep 60 2>&1 & ${step} sleep 60; }; ${step} ${saved} exit 0`,
    { deadlineSeconds: 0.2 },
  );
  expect(code).toBe(0);
  expect(notes[0]).toMatch(/^the ranks have ended: they were silent for 0\.\d s; starting 4 again/);
  expect(processesOf(lines[0]!.split(" ").at(-1)!)).toEqual([]);
});

test("ranks that say that they are busy may be silent for longer", async () => {
  const busy = recordLine({ type: "busy" }).trim();
  const options = { deadlineSeconds: 0.2, patienceSeconds: 10 };
  const { code, lines } = await launched(`${step} printf '${busy}\\n' >&2; sleep 0.5`, options);
  expect({ code, starts: lines.length }).toEqual({ code: 0, starts: 1 });
});

test("a signal asks rank 0 for an end, and nothing is started afterwards", async () => {
  const stop = new AbortController();
  const show = () => stop.abort();
  const { code, lines } = await launched(`${step} echo ready >&2; read word; [ $word = stop ] && exit 0; exit 9`, {
    signal: stop.signal,
    show,
  });
  expect({ code, starts: lines.length }).toEqual({ code: 0, starts: 1 });
  const again = await launched("exit 9", { signal: AbortSignal.abort() });
  expect({ code: again.code, starts: again.lines.length }).toEqual({ code: 9, starts: 1 });
});

test("ranks go on without a host that does not answer, but not without the first", async () => {
  const agent = join(folder, "agent");
  // It answers until the ranks have failed.
  writeFileSync(agent, `#!/bin/sh\ncase "$2" in for*) [ $1 != away ];; *) true;; esac\n`);
  chmodSync(agent, 0o755);
  const hosts = (names: string) => names.split(",").map((name) => ({ name, slots: 2 }));
  const script = `${step} [ $starts = 2 ] || exit 5`;
  const { code, ranks, notes } = await launched(script, { agent, hosts: hosts("one,away") });
  expect({ code, ranks }).toEqual({ code: 0, ranks: [4, 2] });
  expect(notes[0]).toContain("starting 2 again from the newest checkpoint, without away (1 of 5)");
  const first = await launched(script, { agent, hosts: hosts("away,two") });
  expect(first.code).toMatchObject({ code: "distributed/lost-host", details: { host: "away" } });
});

test("a host that cannot run the program is refused before anything starts, with what is wrong", async () => {
  const agent = join(folder, "other-agent");
  writeFileSync(
    agent,
    `#!/bin/sh
case $1 in
  far) echo "ssh: connect to host far: No route to host" >&2; exit 255;;
  bare) echo "sh: node: not found" >&2; exit 127;;
  old) echo v1.2.3;;
  empty) echo "missing $HOME/main.js";;
esac
`,
  );
  chmodSync(agent, 0o755);
  const refused = async (name: string, program = agent) => {
    const hosts = ["here", name].map((one) => ({ name: one, slots: 1 }));
    const outcome = checkHosts(hosts, { agent: program, words: [process.execPath, "/main.js"] });
    return outcome.then(
      () => undefined,
      ({ code, message }: { readonly code: string; readonly message: string }) => `${code}: ${message}`,
    );
  };
  expect(await refused("far")).toBe(
    `distributed/host: far cannot be reached: ssh: connect to host far: No route to host; see that "${agent} far true" runs and asks nothing`,
  );
  expect(await refused("bare")).toContain(`bare cannot run ${process.execPath}: sh: node: not found`);
  expect(await refused("old")).toContain(`old has ${process.execPath} v1.2.3, this machine ${process.version}`);
  expect(await refused("empty")).toMatch(/empty has no .*main\.js; programs and data stand in the same places/);
  expect(await refused("far", join(folder, "missing-agent"))).toContain("far cannot be reached: spawn");
});

test("numbers that do not fit are refused before anything starts, with one that does", async () => {
  const options = { words: ["true"], mpirun: launcher, signal: new AbortController().signal, show: () => {} };
  await expect(launchRanks({ ...options, ranks: 3, shards: 8 })).rejects.toThrow(
    "3 ranks share the shards of a step evenly, got 8; use --shards 3, or 2 ranks",
  );
  const hosts = [{ name: "one", slots: 2 }];
  await expect(launchRanks({ ...options, ranks: 4, shards: 8, hosts })).rejects.toMatchObject({
    code: "distributed/hosts",
  });
});

test("launchers are told apart, and what is none is refused", async () => {
  expect(await findLauncher(launcher)).toEqual({ program: launcher, kind: "openmpi" });
  for (const program of ["node", join(folder, "missing")])
    await expect(findLauncher(program)).rejects.toMatchObject({ code: "distributed/no-launcher" });
  const request = {
    ranks: 3,
    hosts: [
      { name: "one", slots: 1 },
      { name: "two", slots: 2 },
    ],
    network: "10.0.0.0/24",
    agent: "ssh -i key",
    environment: { [RUN_VARIABLE]: "r" },
  };
  expect(launcherWords({ program: "mpirun", kind: "openmpi" }, request, ["node", "a.js"]).join(" ")).toBe(
    "--oversubscribe --bind-to none --host one:1,two:2 --mca btl tcp,self --mca btl_tcp_if_include 10.0.0.0/24 " +
      "--mca oob_tcp_if_include 10.0.0.0/24 --mca plm_rsh_agent ssh -i key " +
      `--mca orte_launch_agent env ${RUN_VARIABLE}=r orted -x ${RUN_VARIABLE} -n 3 node a.js`,
  );
  expect(launcherWords({ program: "mpirun", kind: "mpich" }, request, ["node", "a.js"]).join(" ")).toBe(
    "-hosts one:1,two:2 -iface 10.0.0.0/24 -launcher ssh -launcher-exec ssh -i key -n 3 node a.js",
  );
  expect(launcherWords({ program: "mpirun", kind: "mpich" }, { ranks: 2, environment: {} }, ["a"])).toEqual([
    "-n",
    "2",
    "a",
  ]);
});

test("records stand among lines for people, and one that was cut is a sign of life", () => {
  expect(recordOf("step 3 of 10")).toBeUndefined();
  expect(recordOf(recordLine({ type: "step", seconds: 2 }))).toEqual({ type: "step", seconds: 2 });
  expect(recordOf(recordLine({ type: "saved" }).slice(0, 9))).toEqual({ type: "busy" });
});

test("a step may take ten times the median, and at least a minute", () => {
  let now = 0;
  const pulse = createPulse({ patienceSeconds: 100 }, () => now);
  const silentAfter = (seconds: number) => {
    now += 1000 * seconds;
    return pulse.silence();
  };
  expect(silentAfter(99)).toBeUndefined();
  expect(silentAfter(2)).toBe(101);
  for (const seconds of [1, 20, 30]) pulse.hear({ type: "step", seconds });
  expect(silentAfter(199)).toBeUndefined();
  expect(silentAfter(2)).toBe(201);
  for (let steps = 0; steps < 50; steps++) pulse.hear({ type: "step", seconds: 0.1 });
  expect(silentAfter(61)).toBe(61);
  expect([pulse.steps, pulse.hasSaved]).toEqual([53, false]);
});

test("a rank that cannot leave ends itself, the launcher's daemon that started it, and what hangs beside it", async () => {
  const [daemon, run] = [join(folder, "orted"), "a-run"];
  copyFileSync("/bin/sh", daemon);
  const sweep = new URL("./sweep.ts", import.meta.url).href;
  const script = `import(${JSON.stringify(sweep)}).then(({ endWithDaemon }) => { process.once("exit", endWithDaemon); process.exit(0); })`;
  const words = ["-c", 'sleep 60 & kill -STOP $!; "$0" -C @trivium/source -e "$1"; sleep 60', process.execPath, script];
  const started = spawn(daemon, words, { env: { ...process.env, [RUN_VARIABLE]: run } });
  expect(await once(started, "exit")).toEqual([null, "SIGKILL"]);
  await expect.poll(() => processesOf(run)).toEqual([]);
});
