import { Command } from "commander";
import { averageCommand } from "./commands/average.ts";
import { benchCommand } from "./commands/bench.ts";
import { chatCommand } from "./commands/chat.ts";
import { claimsCommand } from "./commands/claims.ts";
import { compareCommand } from "./commands/compare.ts";
import { convertCommand } from "./commands/convert.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { exportCommand } from "./commands/export.ts";
import { generateCommand } from "./commands/generate.ts";
import { infoCommand } from "./commands/info.ts";
import { initCommand } from "./commands/init.ts";
import { launchCommand } from "./commands/launch.ts";
import { listCommand } from "./commands/list.ts";
import { maskCommand } from "./commands/mask.ts";
import { planCommand } from "./commands/plan.ts";
import { ratesCommand } from "./commands/rates.ts";
import { recipeSchemaCommand } from "./commands/recipe-schema.ts";
import { runsCommand } from "./commands/runs.ts";
import { scoreCommand } from "./commands/score.ts";
import { setupCommand } from "./commands/setup.ts";
import { tokenizerCommand } from "./commands/tokenizer.ts";
import { trainCommand } from "./commands/train.ts";
import { watchCommand } from "./commands/watch.ts";
import { ownVersion } from "./own-package.ts";

const commands = [
  doctorCommand,
  setupCommand,
  listCommand,
  maskCommand,
  initCommand,
  trainCommand,
  launchCommand,
  planCommand,
  ratesCommand,
  tokenizerCommand,
  runsCommand,
  watchCommand,
  evaluateCommand,
  generateCommand,
  chatCommand,
  scoreCommand,
  exportCommand,
  convertCommand,
  averageCommand,
  infoCommand,
  compareCommand,
  claimsCommand,
  benchCommand,
  recipeSchemaCommand,
];

/** The command line: a fresh program, which throws where commander would exit. */
export function createProgram(): Command {
  const program = new Command("trivium")
    .description("Causal, prefix and encoder-decoder transformers: train, evaluate, run and compare them.")
    .version(ownVersion())
    .configureOutput({
      outputError: (text, write) => write(`trivium: ${hint(oneLine(text))}; --help tells what there is\n`),
    })
    .exitOverride();
  for (const add of commands) add(program);
  return program;
}

/** A prompt such as `-5 3 ?` is taken for a flag. */
const hint = (text: string): string =>
  /unknown option '-(?:[^a-z-]|[^']*\s)/i.test(text)
    ? `${text}; what begins with - and is no flag stands after --`
    : text;

/** `error: unknown option '--widht'` with `(Did you mean --width?)` on a line of its own. */
const oneLine = (text: string): string =>
  text
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ");
