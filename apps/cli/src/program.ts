import type { Command } from "commander";
import { emptyProgram } from "./empty-program.ts";

/** Commands by name. Loading the modules of all takes longer than many a command runs. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand,
  setup: async () => (await import("./commands/setup.ts")).setupCommand,
  list: async () => (await import("./commands/list.ts")).listCommand,
  mask: async () => (await import("./commands/mask.ts")).maskCommand,
  init: async () => (await import("./commands/init.ts")).initCommand,
  train: async () => (await import("./commands/train.ts")).trainCommand,
  launch: async () => (await import("./commands/launch.ts")).launchCommand,
  plan: async () => (await import("./commands/plan.ts")).planCommand,
  rates: async () => (await import("./commands/rates.ts")).ratesCommand,
  tokenizer: async () => (await import("./commands/tokenizer.ts")).tokenizerCommand,
  runs: async () => (await import("./commands/runs.ts")).runsCommand,
  watch: async () => (await import("./commands/watch.ts")).watchCommand,
  evaluate: async () => (await import("./commands/evaluate.ts")).evaluateCommand,
  generate: async () => (await import("./commands/generate.ts")).generateCommand,
  chat: async () => (await import("./commands/chat.ts")).chatCommand,
  score: async () => (await import("./commands/score.ts")).scoreCommand,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  convert: async () => (await import("./commands/convert.ts")).convertCommand,
  average: async () => (await import("./commands/average.ts")).averageCommand,
  info: async () => (await import("./commands/info.ts")).infoCommand,
  compare: async () => (await import("./commands/compare.ts")).compareCommand,
  claims: async () => (await import("./commands/claims.ts")).claimsCommand,
  bench: async () => (await import("./commands/bench.ts")).benchCommand,
  "recipe-schema": async () => (await import("./commands/recipe-schema.ts")).recipeSchemaCommand,
};

/**
 * The command line: a fresh program, which throws where commander would exit.
 *
 * @param asked - the name of a command, which is the only one then. Default, and for a name of none: all of them.
 */
export async function createProgram(asked = ""): Promise<Command> {
  const program = emptyProgram();
  const chosen = Object.hasOwn(commands, asked) ? [commands[asked]] : Object.values(commands);
  for (const add of await Promise.all(chosen.map((load) => load?.()))) add?.(program);
  return program;
}
