import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { UnsupportedError } from "@trivium/core";
import type { Contender } from "../contender.ts";
import { ownFile } from "../provenance.ts";
import type { TorchPython } from "./python.ts";

/** A Python script that works whenever it is asked: a line with a number in, a line of JSON out. */
export interface TorchProcess {
  /** What the script said when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Does its work so many times. */
  run(times: number): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

/**
 * Starts a script of `peers/` with its settings as JSON, and waits until it is ready.
 *
 * @throws {UnsupportedError} `bench/torch` with the last lines of what it wrote, if it ends before it answers.
 */
export async function startTorch(
  { executable }: TorchPython,
  script: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<TorchProcess> {
  const child = spawn(executable, [ownFile(`peers/${script}`), JSON.stringify(settings)]);
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => void errors.push(text));
  // A process that has ended is told of by what it did not answer.
  child.stdin.on("error", () => {});
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()).once("error", () => resolve()));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await answers.next();
    if (!done) return JSON.parse(value) as Record<string, unknown>;
    const said = errors.join("").trim().split("\n").slice(-3).join(" ");
    throw new UnsupportedError("bench/torch", `${script} under ${executable} ended without an answer: ${said}`);
  };
  return {
    ready: await answer(),
    run: (times) => {
      child.stdin.write(`${times}\n`);
      return answer();
    },
    close: () => end(child, ended),
  };
}

/** The end of its input ends the script. */
async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.stdin?.end();
  await ended;
}

/** A script that answers with the `seconds` of its work, as a contender. */
export async function torchContender(
  python: TorchPython,
  script: string,
  {
    settings,
    ...own
  }: Pick<Contender, "precision" | "threads" | "work"> & {
    readonly settings: Readonly<Record<string, unknown>>;
  },
): Promise<Contender & { readonly ready: TorchProcess["ready"] }> {
  const { precision, threads } = own;
  const started = await startTorch(python, script, { ...settings, precision, threads });
  return {
    ...own,
    name: "torch",
    version: python.version,
    ready: started.ready,
    run: async (times) => Number((await started.run(times)).seconds),
    close: started.close,
  };
}
