import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { ResidentAnswer, ResidentRequest } from "./resident.ts";

const main = join(import.meta.dirname, "../src/main.ts");

/** Node's flags in the first line of the program, by which a shell starts it. */
const flags = /^#!.* node (.*)$/m.exec(readFileSync(main, "utf8"))![1]!.split(" ");

/** Node's arguments that run the command line from source. */
export const command = [...flags, "--conditions=@trivium/source", main] as const;

/** The end of a command, and all that it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when stderr first holds that text, or when the command has ended. */
  says(text: string): Promise<void>;
}

export const startTrivium = (args: readonly string[], cwd: string, input = ""): Started =>
  startProgram(process.execPath, [...command, ...args], cwd, input);

/** Starts any program. */
export function startProgram(program: string, args: readonly string[], cwd: string, input = ""): Started {
  const child = spawn(program, args, { cwd, env: { ...process.env, CI: "" } });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("close", (code, signal) => resolve({ code, signal, ...written }));
    child.on("error", reject);
  });
  const says = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => written.stderr.includes(text) && resolve();
      child.stderr.on("data", look);
      child.on("close", () => resolve());
      child.on("error", () => resolve());
      look();
    });
  return { child, ended, says };
}

/** Runs a command to its end, in a process of its own. */
export const runAlone = (args: readonly string[], cwd: string, input?: string): Promise<Ended> =>
  startTrivium(args, cwd, input).ended;

/** The process that runs commands one after another, while there is one, and the end of the last of them. */
let resident: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

// Waited for, so that its processor time counts as that of the tests.
afterAll(async () => {
  if (!resident) return;
  const ended = once(resident, "exit");
  resident.disconnect();
  await ended;
});

/**
 * Runs a command to its end, after those before it, in one process for all of the file: where a process of its own is
 * not what is tested. It sees the environment that the first of them saw, and no standard input.
 */
export function runTrivium(args: readonly string[], cwd: string): Promise<Ended> {
  const ended = last.then(() => runInResident({ args, cwd }));
  last = ended.catch(() => {});
  return ended;
}

function startResident(): ChildProcess {
  const child = fork(join(import.meta.dirname, "resident.ts"), {
    execArgv: ["--conditions=@trivium/source"],
    env: { ...process.env, CI: "" },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  child.on("exit", () => {
    resident = undefined;
  });
  // A process that waits for commands does not keep the test file from ending.
  child.unref();
  (child.stderr as Socket).unref();
  return child;
}

function runInResident(request: ResidentRequest): Promise<Ended> {
  resident ??= startResident();
  const child = resident;
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  let fatal = "";
  const hear = (text: Buffer) => {
    fatal += text;
  };
  const answer = (ended: ResidentAnswer) => resolve({ signal: null, ...ended });
  const leave = (code: number | null, signal: NodeJS.Signals | null) =>
    resolve({ code, signal, stdout: "", stderr: fatal });
  child.stderr?.on("data", hear);
  child.once("message", answer).once("close", leave).once("error", reject);
  child.channel?.ref();
  child.send(request);
  return promise.finally(() => {
    child.channel?.unref();
    child.stderr?.off("data", hear);
    child.off("message", answer).off("close", leave).off("error", reject);
  });
}

/** Runs a command that must succeed; its JSON document. */
export async function jsonOf<T>(args: readonly string[], cwd: string): Promise<T> {
  const { code, stdout, stderr } = await runTrivium([...args, "--json"], cwd);
  if (code !== 0) throw new Error(`trivium ${args.join(" ")} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout) as T;
}

/** The names of the checkpoints of a run, in order. */
export const checkpointsOf = (run: string): string[] => readdirSync(join(run, "checkpoints")).sort();

/** The bytes of the newest weights of a run. */
export const weightsOf = (run: string): Buffer =>
  readFileSync(join(run, "checkpoints", checkpointsOf(run).at(-1) as string, "model.safetensors"));
