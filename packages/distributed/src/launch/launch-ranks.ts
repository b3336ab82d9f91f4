import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError } from "@trivium/core";
import { CollectiveError } from "../collective-error.ts";
import { type AttemptEnd, runAttempt } from "./attempt.ts";
import { checkHosts } from "./check-hosts.ts";
import { findLauncher, type Host, type Launcher, launcherWords, type RankRequest } from "./launcher.ts";
import { PATIENCE_SECONDS, type PulseOptions } from "./pulse.ts";
import { PATIENCE_VARIABLE, RUN_VARIABLE } from "./supervision.ts";
import { sweep } from "./sweep.ts";

/** A training on several ranks, and the care that is taken of it. */
export interface LaunchOptions extends PulseOptions, Omit<RankRequest, "environment"> {
  /** The program that each rank runs, with its arguments. */
  readonly words: readonly string[];
  /** Arguments that are added from the second start on, so that the program goes on from its newest checkpoint. Default: none. */
  readonly again?: readonly string[] | undefined;
  /** Number of shards of a step, which every number of ranks divides. */
  readonly shards: number;
  /** File name or path of the launcher. Default `mpirun`. */
  readonly mpirun?: string | undefined;
  /** Number of times that the ranks are started again without a new checkpoint between. Default 5. */
  readonly restarts?: number | undefined;
  /** Seconds before the first start after a failure. Each further one without a new checkpoint waits twice as long. Default 1. */
  readonly pauseSeconds?: number | undefined;
  /** Asks for an end with a checkpoint. */
  readonly signal: AbortSignal;
  /** Writes a line for people. */
  readonly show: (line: string) => void;
}

/** Seconds by which ranks are more patient: where this process can end them, it does, and says why. */
const LATER_SECONDS = 2;

/** Exit codes that another start would not change: the work is done, or the input is bad. */
const finalCodes: ReadonlySet<number | null> = new Set([0, 2]);

/**
 * Starts ranks by `mpirun` and takes care of them: if one dies or all are silent, it ends the others, sweeps what is left of them on
 * every host, and starts again on the hosts that answer, with as many ranks as fit and divide the shards. Since every such number of ranks
 * has the same bits, the run ends with the weights of an undisturbed one.
 *
 * @returns the exit code of the ranks; 0 for an end between two starts. Null if their launcher was killed after the signal had asked for an end.
 * @throws {ConfigError} `distributed/shards` if the ranks do not divide the shards, `distributed/hosts` if the hosts do not take them, `distributed/host` if one
 *   of them cannot run the program. @throws {UnsupportedError} `distributed/no-launcher`.
 * @throws {CollectiveError} `distributed/restarts` if they fail again and again, `distributed/lost-host` if the first host is gone, where
 *   rank 0 keeps the checkpoints.
 */
export async function launchRanks(options: LaunchOptions): Promise<number | null> {
  const { restarts = 5, pauseSeconds = 1, signal, show, agent = "ssh" } = options;
  assertShared(options);
  const launcher = await findLauncher(options.mpirun ?? "mpirun");
  await checkHosts(options.hosts ?? [], { agent, words: options.words });
  const run = randomUUID();
  let now: Ranks = options;
  let failures = 0;
  for (let words = options.words; ; words = [...options.words, ...(options.again ?? [])]) {
    const end = await attempt(launcher, { ...options, ...now, words }, run);
    if (end.code === 0) return 0;
    const lost = await sweep(run, now.hosts ?? [], agent);
    if (finalCodes.has(end.code) || signal.aborted) return end.code;
    failures = end.hasSaved ? 1 : failures + 1;
    if (failures > restarts) throw tooOften(failures, whyOf(end));
    now = nextRanks(now, { shards: options.shards, lost, hasMoved: end.steps > 0 });
    const gone = lost.length === 0 ? "" : `, without ${lost.map(({ name }) => name).join(", ")}`;
    const start = `starting ${now.ranks} again from the newest checkpoint${gone}`;
    show(`the ranks have ended: ${whyOf(end)}; ${start} (${failures} of ${restarts})`);
    await sleep(1000 * pauseSeconds * 2 ** (failures - 1), undefined, { signal }).catch(() => {});
    if (signal.aborted) return 0;
  }
}

function whyOf({ code, silentSeconds }: AttemptEnd): string {
  if (silentSeconds !== undefined) return `they were silent for ${silentSeconds.toFixed(1)} s`;
  return code === null ? "the launcher was killed" : `exit code ${code}`;
}

function attempt(launcher: Launcher, options: LaunchOptions, run: string): Promise<AttemptEnd> {
  const own = Object.entries(process.env).filter(([name]) => name.startsWith("TRIVIUM_"));
  const patience = (options.patienceSeconds ?? PATIENCE_SECONDS) + LATER_SECONDS;
  const marks = { [RUN_VARIABLE]: run, [PATIENCE_VARIABLE]: String(patience) };
  const environment = { ...(Object.fromEntries(own) as Record<string, string>), ...marks };
  const root = process.getuid?.() === 0 ? { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" } : {};
  // Copies between processes need a right that containers lack.
  const openmpi = { OMPI_MCA_btl_vader_single_copy_mechanism: "none", ...root };
  return runAttempt({
    ...options,
    run,
    program: launcher.program,
    words: launcherWords(launcher, { ...options, environment }, options.words),
    environment: { ...openmpi, ...process.env, ...environment },
  });
}

type Ranks = Pick<RankRequest, "ranks" | "hosts">;

/** The next start: on the hosts that answer, with fewer ranks if this number of them took no step. */
function nextRanks(
  { ranks, hosts }: Ranks,
  { shards, lost, hasMoved }: { readonly shards: number; readonly lost: readonly Host[]; readonly hasMoved: boolean },
): Ranks {
  const [first] = hosts ?? [];
  if (first && lost.includes(first)) {
    const message = `${first.name} does not answer, on which rank 0 keeps the checkpoints; launch again when it does, or on a machine that has its run folder`;
    throw new CollectiveError("distributed/lost-host", message, { details: { host: first.name } });
  }
  const left = hosts?.filter((host) => !lost.includes(host));
  const places = left?.reduce((sum, { slots }) => sum + slots, 0) ?? ranks;
  const most = Math.min(places, hasMoved || lost.length > 0 ? ranks : ranks - 1);
  return { ranks: divisorsOf(shards, Math.max(1, most))[0]!, hosts: left };
}

/** Numbers up to a limit that divide, the largest first. */
const divisorsOf = (shards: number, limit: number): number[] =>
  Array.from({ length: limit }, (_, at) => limit - at).filter((ranks) => shards % ranks === 0);

function assertShared({ ranks, shards, hosts }: LaunchOptions): void {
  const [largest] = divisorsOf(shards, ranks);
  if (largest !== ranks) {
    const message = `${ranks} ranks share the shards of a step evenly, got ${shards}; use --shards ${ranks}, or ${largest} ranks`;
    throw new ConfigError("distributed/shards", message, { details: { shards, ranks } });
  }
  const places = hosts?.reduce((sum, { slots }) => sum + slots, 0) ?? ranks;
  if (places >= ranks) return;
  const message = `the hosts take ${places} ranks, got ${ranks}; give them more, as in --hosts one:${ranks}`;
  throw new ConfigError("distributed/hosts", message, { details: { places, ranks } });
}

function tooOften(failures: number, why: string): CollectiveError {
  const message = `the ranks ended ${failures} times without a new checkpoint, at last because of this: ${why}. See what they wrote, and launch again`;
  return new CollectiveError("distributed/restarts", message, { details: { failures } });
}
