/**
 * A process that runs one command line after another, so that Trivium is loaded and compiled once for all of them.
 *
 * It is forked: each message is a command line, and each answer what that command wrote and its exit code. A command
 * that ends the process ends this one too.
 */
import { runProgram } from "../src/run-program.ts";

/** A command line, and the folder to run it in. */
export interface ResidentRequest {
  readonly args: readonly string[];
  readonly cwd: string;
}

/** The end of a command. */
export interface ResidentAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const main = new URL("../src/main.ts", import.meta.url);

async function run({ args, cwd }: ResidentRequest): Promise<ResidentAnswer> {
  const written = { stdout: "", stderr: "" };
  const streams = ["stdout", "stderr"] as const;
  const writers = streams.map((name) => process[name].write);
  for (const name of streams) {
    process[name].write = (text: string | Uint8Array) => {
      written[name] += typeof text === "string" ? text : Buffer.from(text).toString();
      return true;
    };
  }
  process.chdir(cwd);
  process.argv.splice(1, Number.POSITIVE_INFINITY, decodeURIComponent(main.pathname), ...args);
  process.exitCode = undefined;
  try {
    const code = await runProgram(process.argv);
    return { code, ...written };
  } finally {
    // What a command gives back when its process ends: the lock of its run folder, the cursor.
    process.emit("exit", 0);
    process.exitCode = undefined;
    for (const [at, name] of streams.entries()) process[name].write = writers[at] as typeof process.stdout.write;
  }
}

// A command must not find that this process was forked.
const send = process.send?.bind(process);
Reflect.deleteProperty(process, "send");
process.on("message", async (request: ResidentRequest) => void send?.(await run(request)));
process.on("disconnect", () => process.exit());
