import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { UnsupportedError } from "@trivium/core";
import { type Absent, type Contender, isAbsent, type Work } from "../contender.ts";
import type { EngineOptions } from "../options.ts";
import { ownFile } from "../provenance.ts";
import { findTorch } from "./python.ts";

/** A script that works whenever it is asked: a line with a number in, a line of JSON out. */
export interface PeerProcess {
  /** The script's message when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Does its work so many times. */
  run(times: number): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

/**
 * Starts a script of `peers/` with its settings as JSON, and waits until it is ready.
 *
 * @throws {UnsupportedError} `bench/peer` with the last lines of what it wrote, if it ends before it answers.
 */
export async function startScript(
  executable: string,
  script: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<PeerProcess> {
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
    throw new UnsupportedError("bench/peer", `${script} under ${executable} ended without an answer: ${said}`);
  };
  return {
    ready: await answer(),
    run: (times) => {
      child.stdin.write(`${times}\n`);
      return answer();
    },
    // The end of its input ends the script.
    close() {
      child.stdin.end();
      return ended;
    },
  };
}

interface TorchOptions extends Pick<EngineOptions, "precision" | "threads"> {
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A script that answers with the `seconds` of its work. */
export interface TorchContender extends Contender {
  readonly ready: PeerProcess["ready"];
}

/** A contender of each precision by a script of `peers/`; or why there is none. */
export async function torchContenders(
  script: string,
  work: Work,
  { precision: precisions, threads, settings }: TorchOptions,
): Promise<(TorchContender | Absent)[]> {
  const python = await findTorch();
  if (isAbsent(python)) return [python];
  const most = Math.max(...threads);
  const contenders: TorchContender[] = [];
  // One after another: each tries its ways alone on the machine.
  for (const precision of precisions) {
    const { run, ...started } = await startScript(python.executable, script, { ...settings, precision, threads: most });
    contenders.push({
      ...started,
      name: "torch",
      precision,
      threads: most,
      version: [python.version, started.ready.way].filter(Boolean).join(", "),
      work,
      run: async (times) => Number((await run(times)).seconds),
    });
  }
  return contenders;
}
