import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const main = join(import.meta.dirname, "../src/main.ts");

/** Node's arguments that run the command line from source. */
export const command = ["--conditions=@trivium/source", main] as const;

/** How a command ended, and all that it wrote. */
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

export function startTrivium(args: readonly string[], cwd: string, input = ""): Started {
  const child = spawn(process.execPath, [...command, ...args], { cwd, env: { ...process.env, CI: "" } });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal, ...written })),
  );
  const says = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => written.stderr.includes(text) && resolve();
      child.stderr.on("data", look);
      child.on("close", () => resolve());
      look();
    });
  return { child, ended, says };
}

/** Runs a command to its end. */
export const runTrivium = (args: readonly string[], cwd: string, input?: string): Promise<Ended> =>
  startTrivium(args, cwd, input).ended;

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
