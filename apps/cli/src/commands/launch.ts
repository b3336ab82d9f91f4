import { ConfigError } from "@trivium/core";
import { type Host, launchRanks } from "@trivium/distributed/node";
import type { Command } from "commander";
import { z } from "zod";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { parseCount } from "../parse-count.ts";
import { SHARDS } from "../ranks/ranked-training.ts";
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
    .option("--hosts <list>", "machines and the ranks that each takes: one:4,two:4. Default: this machine")
    .option("--mpirun <program>", "the launcher, of OpenMPI or MPICH", "mpirun")
    .option("--network <name>", "network of the machines (OpenMPI: 10.0.0.0/24) or its interface (MPICH: eth0)")
    .option("--agent <program>", "what starts a command on another machine, called as ssh is")
    .option("--restarts <number>", "times that ranks are started again after a failure", "5")
    .option("--deadline <seconds>", "silence after which ranks count as dead. Default: ten steps, at least 60 s");
  defineCommand(command, runLaunch);
}

async function runLaunch({ positional, flags, output }: CommandContext): Promise<void> {
  const [first, ...words] = positional;
  if (first !== "train") {
    const message = `launch starts trivium train, got ${first}; write trivium launch -n 4 -- train --data FILE`;
    throw new ConfigError("cli/launch", message);
  }
  const interrupt = stopOnSignals(output, { what: "stopping all ranks after this step" });
  try {
    process.exitCode = await launchRanks({
      words: [process.execPath, ...process.execArgv, process.argv[1]!, first, ...words, "--resume"],
      ranks: parseCount("ranks", flags.ranks, 1),
      shards: shardsOf(words),
      hosts: flags.hosts === undefined ? undefined : String(flags.hosts).split(",").map(hostOf),
      mpirun: String(flags.mpirun),
      network: textOf(flags.network),
      agent: textOf(flags.agent),
      restarts: parseCount("restarts", flags.restarts, 0),
      deadlineSeconds: flags.deadline === undefined ? undefined : parseCount("deadline", flags.deadline, 1),
      signal: interrupt.signal,
      show: (line) => output.note(line),
    });
  } finally {
    interrupt.release();
  }
}

const textOf = (flag: unknown): string | undefined => (flag === undefined ? undefined : String(flag));

/** The shards that the words of the training ask for. */
function shardsOf(words: readonly string[]): number {
  const at = words.findIndex((word) => word === "--shards" || word.startsWith("--shards="));
  const asked = at < 0 ? undefined : (words[at]!.split("=")[1] ?? words[at + 1]);
  return asked === undefined ? SHARDS : parseCount("shards", asked, 1);
}

const hostSchema = z.tuple([z.string().min(1), z.coerce.number().int().positive()]);

function hostOf(text: string): Host {
  const read = hostSchema.safeParse(text.includes(":") ? text.split(":") : [text, 1]);
  if (read.success) return { name: read.data[0], slots: read.data[1] };
  throw new ConfigError("cli/launch", `--hosts: a machine and its ranks, such as one:4, got ${text}`);
}
