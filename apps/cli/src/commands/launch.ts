import { ConfigError } from "@trivium/core";
import { type Host, launchRanks } from "@trivium/distributed/node";
import type { Command } from "commander";
import { z } from "zod";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { emptyProgram } from "../empty-program.ts";
import { parseCount } from "../parse-count.ts";
import { shardedRecipe } from "../ranks/ranked-training.ts";
import { readSettings } from "../read-settings.ts";
import { trainSchema } from "../settings.ts";
import { stopOnSignals } from "../stop-on-signals.ts";

export function launchCommand(program: Command): void {
  const command = program
    .command("launch")
    .argument("<command...>", "train and its flags, after --")
    .description("Train on several ranks by mpirun, and go on from the newest checkpoint when one of them dies.")
    .requiredOption(
      "-n, --ranks <number>",
      "ranks to start with; each number that divides the shards has the same bits",
    )
    .option("--hosts <list>", "machines and the ranks that each takes, this one first: one:4,two:4. Default: this one")
    .option("--mpirun <program>", "the launcher, of OpenMPI or MPICH", "mpirun")
    .option("--network <name>", "network of the machines (OpenMPI: 10.0.0.0/24) or its interface (MPICH: eth0)")
    .option("--agent <program>", "what starts a command on another machine, called as ssh is")
    .option("--restarts <number>", "times that ranks are started again without a new checkpoint between", "5")
    .option("--deadline <seconds>", "silence after which a step counts as dead. Default: ten steps, at least 60 s")
    .option("--patience <seconds>", "the same for the start, an evaluation or a checkpoint", "1800");
  const shardsOf = async (words: readonly string[], context: CommandContext) => {
    const { trainCommand } = await import("./train.ts");
    const empty = emptyProgram();
    trainCommand(empty);
    const [train] = empty.commands as [Command];
    train.parseOptions([...words]);
    const { plugin, json: _, ...flags } = train.opts<{ plugin: string[]; json: boolean }>();
    const { recipe, settings } = await readSettings(trainSchema, { ...context, flags, plugins: plugin });
    return shardedRecipe(recipe, Math.max(2, parseCount("ranks", context.flags.ranks)), settings.fast).shards;
  };
  defineCommand(command, (context) => runLaunch(context, shardsOf));
}

/** Reads the number of shards from the words of a training. */
type ReadShards = (words: readonly string[], context: CommandContext) => Promise<number>;

async function runLaunch(context: CommandContext, shardsOf: ReadShards): Promise<void> {
  const { positional, flags, plugins, output } = context;
  const [first, ...given] = positional;
  if (first !== "train") {
    const message = `launch starts trivium train, got ${first}; write trivium launch -n 4 -- train --data FILE`;
    throw new ConfigError("cli/launch", message);
  }
  const words = [...given, ...plugins.flatMap((plugin) => ["--plugin", plugin]), ...(output.json ? ["--json"] : [])];
  const shards = await shardsOf(words, context);
  const interrupt = stopOnSignals(output, { what: "stopping all ranks after this step" });
  try {
    const code = await launchRanks({
      words: [process.execPath, ...process.execArgv, process.argv[1]!, first, ...words, "--shards", String(shards)],
      again: ["--resume"],
      ranks: parseCount("ranks", flags.ranks),
      shards,
      hosts: flags.hosts === undefined ? undefined : String(flags.hosts).split(",").map(hostOf),
      mpirun: String(flags.mpirun),
      network: textOf(flags.network),
      agent: textOf(flags.agent),
      restarts: parseCount("restarts", flags.restarts, 0),
      deadlineSeconds: flags.deadline === undefined ? undefined : parseCount("deadline", flags.deadline),
      patienceSeconds: parseCount("patience", flags.patience),
      signal: interrupt.signal,
      show: (line) => output.note(line),
    });
    const isStopped = code === 0 && interrupt.signal.aborted;
    process.exitCode = isStopped ? interrupt.exitCode() : (code ?? 1);
    if (isStopped) output.note("to go on, repeat the command with --resume");
  } finally {
    interrupt.release();
  }
}

const textOf = (flag: unknown): string | undefined => (flag === undefined ? undefined : String(flag));

const hostSchema = z.tuple([z.string().min(1), z.coerce.number().int().positive()]);

function hostOf(text: string): Host {
  const read = hostSchema.safeParse(text.includes(":") ? text.split(":") : [text, 1]);
  if (read.success) return { name: read.data[0], slots: read.data[1] };
  throw new ConfigError("cli/launch", `--hosts: a machine and its ranks, such as one:4, got ${text}`);
}
