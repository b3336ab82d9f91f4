import { spawn } from "node:child_process";
import { UnsupportedError } from "@trivium/core";

/**
 * Starts a process of Node, and waits for its end: only then does Node keep what it compiled for the next start.
 *
 * @returns the seconds from before it was started until its first byte on standard output.
 * @throws {UnsupportedError} `bench/first-output` with the last line of its errors, if it ends without output.
 */
async function firstOutput(words: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => void errors.push(text));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()).once("error", () => resolve()));
  const seconds = await new Promise<number | undefined>((resolve) => {
    child.stdout.once("data", () => resolve((performance.now() - started) / 1000));
    void ended.then(() => resolve(undefined));
  });
  await ended;
  if (seconds !== undefined) return seconds;
  const said = errors.join("").trim().split("\n").at(-1);
  throw new UnsupportedError("bench/first-output", `node ${words.join(" ")} ended without output: ${said}`);
}

/** Starts the process so many times, one after another. @returns the sum of the seconds until each first output. */
export async function firstOutputs(words: readonly string[], times: number): Promise<number> {
  let seconds = 0;
  for (let time = 0; time < times; time++) seconds += await firstOutput(words);
  return seconds;
}
