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
export function run(command: string, args: readonly string[]): Promise<Ended | undefined> {
  return new Promise((resolve, reject) => {
    const visible = process.stderr.isTTY ? 2 : "ignore";
    // Programs of npm are scripts on Windows, which only a shell starts.
    const shell = process.platform === "win32" && command === "npm";
    const child = spawn(command, args, { stdio: ["ignore", visible, "pipe"], shell });
    let stderr = "";
    child.stderr!.on("data", (chunk: Buffer) => {
      stderr += chunk;
    });
    child.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ENOENT" || error.code === "EACCES" ? resolve(undefined) : reject(error),
    );
    child.on("close", (code) => resolve({ code: code ?? 1, stderr }));
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
