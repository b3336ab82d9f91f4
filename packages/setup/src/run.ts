import { spawn } from "node:child_process";

/** The end of a program. */
export interface Ended {
  readonly code: number;
  readonly stderr: string;
}

/**
 * Runs a program to its end, without standard input; its standard output becomes this program's standard error, where a
 * person sees how far it is.
 *
 * @returns undefined if there is no such program.
 */
export const run = (command: string, args: readonly string[]): Promise<Ended | undefined> =>
  start(command, args, process.stderr.isTTY ? process.stderr.fd : "ignore");

/** Returns whether there is a program that takes these arguments, `--version` say; shows nothing. */
export const answers = async (command: string, args: readonly string[]): Promise<boolean> =>
  (await start(command, args, "ignore"))?.code === 0;

function start(command: string, args: readonly string[], stdout: number | "ignore"): Promise<Ended | undefined> {
  return new Promise((resolve, reject) => {
    // pip 25.1 and newer go on after a broken connection; older ones do not know the variable.
    const env = { PIP_RESUME_RETRIES: "5", ...process.env };
    const child = spawn(command, args, { stdio: ["ignore", stdout, "pipe"], env });
    let stderr = "";
    child.stderr!.on("data", (chunk: Buffer) => {
      stderr += chunk;
    });
    child.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ENOENT" || error.code === "EACCES" ? resolve(undefined) : reject(error),
    );
    child.on("close", (code, signal) =>
      resolve({ code: code ?? 1, stderr: signal === null ? stderr : `${stderr}\nended by ${signal}` }),
    );
  });
}

/** Returns the line of a program's errors that says most: the last one that begins with `error` or names one. */
export function lastError({ code, stderr }: Ended): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.findLast((line) => /\berror\b/i.test(line)) ?? lines.at(-1) ?? `exit code ${code}`;
}
