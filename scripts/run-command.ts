import { spawn } from "node:child_process";

/** What a finished command left. */
export interface CommandResult {
  readonly code: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Also shows the output while the command runs. */
  readonly show?: boolean;
}

/** Variables that npm and pnpm set for the script that they run: another package manager must not take them for its own. */
const inherited = /^npm_(command|execpath|lifecycle_|node_execpath|package_|config_(local_prefix|noproxy|user_agent)$)/;

/** The environment for a command: the caller's, without what describes the script that is running now. */
export function commandEnvironment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !inherited.test(name));
  return {
    ...Object.fromEntries(kept),
    TURBO_TELEMETRY_DISABLED: "1",
    PNPM_CONFIG_VERIFY_DEPS_BEFORE_RUN: "false",
    ...added,
  };
}

/** Runs a command without standard input, and waits for its end; a command that cannot start has code 127. */
export function runCommand(
  [command = "", ...args]: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const { cwd, env, show = false } = options;
    const child = spawn(command, args, { cwd, env: commandEnvironment(env), stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk: Buffer) => {
      output += chunk;
      if (show) process.stdout.write(chunk);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ code: 127, output: `${command}: ${error.message}\n` }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Runs a command and returns its output.
 *
 * @throws {Error} with the whole output if it fails.
 */
export async function runOrThrow(command: readonly string[], options: CommandOptions): Promise<string> {
  const { code, output } = await runCommand(command, options);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with code ${code}\n${output}`);
  return output;
}
