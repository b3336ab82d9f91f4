import { once } from "node:events";
import { ConfigError } from "@trivium/core";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { parseCount } from "../parse-count.ts";
import { serveRuns } from "../watch/serve-runs.ts";

export function watchCommand(program: Command): void {
  const command = program
    .command("watch")
    .argument("[folder]", "a run, or a folder that holds runs", "runs")
    .description("A live page of runs while they train: curves, error rates, time left. On this machine alone.")
    .option("--port <number>", "the port to listen on; 0: any that is free", "0");
  defineCommand(command, watchRuns);
}

async function watchRuns({ positional, flags, output }: CommandContext): Promise<void> {
  const [folder = "runs"] = positional;
  const port = parseCount("port", flags.port, 0);
  const server = await serveRuns(folder, port).catch((cause: Error) => {
    throw new ConfigError("cli/port", `cannot listen on port ${port}: ${cause.message}; choose another with --port`, {
      cause,
    });
  });
  output.note("Ctrl-C ends it");
  output.result({ url: server.url }, () => server.url);
  await Promise.race(["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal)));
  server.close();
}
