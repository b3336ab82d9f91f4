import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError } from "@trivium/core";
import { CollectiveError } from "../collective-error.ts";
import { type AttemptEnd, runAttempt } from "./attempt.ts";
import { findLauncher, type Host, type Launcher, launcherWords } from "./launcher.ts";
import { RUN_VARIABLE } from "./supervision.ts";
import { sweep } from "./sweep.ts";

/** A training on several ranks, and the care that is taken of it. */
export interface LaunchOptions {
  /** The program that each rank runs, with its arguments. It goes on from its newest checkpoint where there is one. */
  readonly words: readonly string[];
  /** Number of ranks to start with. */
  readonly ranks: number;
  /** Number of shards of a step, which every number of ranks divides. */
  readonly shards: number;
  /** Machines. Default: this one alone. */
  readonly hosts?: readonly Host[] | undefined;
  /** The launcher. Default `mpirun`. */
  readonly mpirun?: string | undefined;
  readonly network?: string | undefined;
  /** Starts a command on a host, called as `ssh` is. Default `ssh`. */
  readonly agent?: string | undefined;
  /** Number of times that the ranks are started again. Default 5. */
  readonly restarts?: number | undefined;
  readonly deadlineSeconds?: number | undefined;
  readonly signal: AbortSignal;
  /** Writes a line for people. */
  readonly show: (line: string) => void;
}

/** Exit codes that another start would not change: the work is done, the input is bad, someone stopped it. */
const finalCodes: ReadonlySet<number | null> = new Set([0, 2, 130]);

/** Milliseconds before the first start after a failure. Each further one waits twice as long. */
const PAUSE_MS = 1000;

/**
 * Starts ranks by `mpirun` and takes care of them: if one dies or all are silent, it ends the others, sweeps what is left of them on
 * every host, and starts again on the hosts that answer, with as many ranks as fit and divide the shards. Since every such number of ranks
 * has the same bits, the run ends with the weights of an undisturbed one.
 *
 * @returns the exit code of the ranks.
 * @throws {ConfigError} `distributed/shards` if the ranks do not divide the shards. @throws {UnsupportedError} `distributed/no-launcher`.
 * @throws {CollectiveError} `distributed/restarts` if they fail again and again.
 */
export async function launchRanks(options: LaunchOptions): Promise<number> {
  const { ranks, shards, restarts = 5, signal, show } = options;
  if (!divisorsOf(shards, ranks).includes(ranks)) {
    const message = `${ranks} ranks share the shards of a step evenly, got ${shards}; use --shards ${ranks}, or ${divisorsOf(shards, ranks)[0]} ranks`;
    throw new ConfigError("distributed/shards", message);
  }
  const launcher = await findLauncher(options.mpirun ?? "mpirun");
  const run = randomUUID();
  let now = { ranks, hosts: options.hosts };
  for (let failures = 0; ; failures++) {
    const end = await attempt(launcher, { ...options, ...now }, run);
    if (finalCodes.has(end.code) || signal.aborted) return end.code ?? 130;
    const lost = await sweep(run, now.hosts ?? [], options.agent ?? "ssh");
    const why =
      end.silentSeconds === undefined ? codeOf(end) : `they were silent for ${Math.round(end.silentSeconds)} s`;
    if (failures === restarts) {
      const message = `the ranks ended too often, ${failures + 1} times, at last because ${why}; the newest checkpoint is whole. See what they wrote, and launch again`;
      throw new CollectiveError("distributed/restarts", message);
    }
    now = next(now, { shards, lost, hasMoved: end.steps > 0 });
    const gone = lost.length === 0 ? "" : `, without ${lost.map(({ name }) => name).join(", ")}`;
    show(
      `the ranks have ended: ${why}; starting ${now.ranks} again from the newest checkpoint${gone} (${failures + 1} of ${restarts})`,
    );
    await sleep(PAUSE_MS * 2 ** failures, undefined, { signal }).catch(() => {});
    if (signal.aborted) return 130;
  }
}

const codeOf = ({ code }: AttemptEnd): string => (code === null ? "the launcher was killed" : `exit code ${code}`);

function attempt(launcher: Launcher, options: LaunchOptions, run: string): Promise<AttemptEnd> {
  const { ranks, hosts, network, agent, words, signal, show, deadlineSeconds } = options;
  const environment = { [RUN_VARIABLE]: run };
  const root = process.getuid?.() === 0 ? { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" } : {};
  return runAttempt({
    program: launcher.program,
    words: launcherWords(launcher, { ranks, hosts, network, agent, environment }, words),
    environment: { ...process.env, ...root, ...environment },
    deadlineSeconds,
    signal,
    show,
  });
}

interface Ranks {
  readonly ranks: number;
  readonly hosts: readonly Host[] | undefined;
}

/** The next start: on the hosts that answer, with fewer ranks if this number of them took no step. */
function next(
  { ranks, hosts }: Ranks,
  { shards, lost, hasMoved }: { readonly shards: number; readonly lost: readonly Host[]; readonly hasMoved: boolean },
): Ranks {
  const left = hosts?.filter((host) => !lost.includes(host));
  const places = left?.reduce((sum, { slots }) => sum + slots, 0) ?? ranks;
  const most = Math.min(places, hasMoved || lost.length > 0 ? ranks : ranks - 1);
  return { ranks: divisorsOf(shards, Math.max(1, most))[0]!, hosts: left };
}

/** Numbers up to a limit that divide, the largest first. */
const divisorsOf = (shards: number, limit: number): number[] =>
  Array.from({ length: limit }, (_, at) => limit - at).filter((ranks) => shards % ranks === 0);
