import type { Command } from "commander";
import { loadRegistry, type Plugins } from "./load-registry.ts";
import { createOutput, type Output } from "./output.ts";
import { showReading } from "./show-reading.ts";

/** The flags and services that every command is given. */
export interface CommandContext {
  readonly output: Output;
  /** The command's own flags, without those that all commands share. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** `--plugin`, as often as it was given. */
  readonly plugins: readonly string[];
  readonly positional: readonly string[];
  /** The shipped plugins with the user's; by default those of `--plugin`. */
  registry(sources?: readonly string[]): Promise<Plugins>;
}

/** Adds the flags that all commands share, and runs the command with its context. */
export function defineCommand(command: Command, run: (context: CommandContext) => Promise<void>): Command {
  const append = (value: string, before: readonly string[]) => [...before, value];
  command.option("--plugin <source>", "a file or package with plugins of your own; repeatable", append, []);
  command.option("--json", "one JSON document on stdout, everything else on stderr", false);
  return command.action(async (...parameters: unknown[]) => {
    const invoked = parameters.at(-1) as Command;
    const { plugin, json, ...flags } = invoked.opts<{ plugin: string[]; json: boolean }>();
    const output = createOutput(json);
    const stop = showReading(output);
    const context: CommandContext = {
      output,
      flags,
      plugins: plugin,
      positional: invoked.args,
      registry: (sources = plugin) => loadRegistry(sources),
    };
    await run(context).finally(stop);
  });
}
