import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { command } from "./run-trivium.ts";

/** Runs a command on a terminal of its own. */
const recorder = "script";

/** Why there is no terminal to be had: `script` of util-linux is needed, another system's takes other flags. */
export const withoutTerminal = spawnSync(recorder, ["--version"]).stdout?.includes("util-linux")
  ? undefined
  : "needs script of util-linux";

const recorded = (args: readonly string[]): string[] => [
  "-qec",
  [process.execPath, ...command, ...args].join(" "),
  "/dev/null",
];
const env = { ...process.env, TERM: "xterm", COLUMNS: "120" };

/** Runs a command on a terminal, and returns what it shows. */
export const onTerminal = (args: readonly string[], cwd: string): string =>
  execFileSync(recorder, recorded(args), { cwd, env, input: "" }).toString();

/** Runs a command on a terminal, and types the next of some keys whenever it asks for them. Returns what it shows. */
export async function typeOnTerminal(
  args: readonly string[],
  cwd: string,
  { prompt, keys }: { readonly prompt: string; readonly keys: readonly string[] },
): Promise<string> {
  const child = spawn(recorder, recorded(args), { cwd, env, timeout: 60_000 });
  const rest = [...keys];
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    while (shown.split(prompt).length - 1 > keys.length - rest.length && rest.length > 0)
      child.stdin.write(rest.shift() as string);
  });
  await once(child, "close");
  return shown;
}
