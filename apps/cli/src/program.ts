import { Command } from "commander";
import { compareCommand } from "./commands/compare.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { generateCommand } from "./commands/generate.ts";
import { listCommand } from "./commands/list.ts";
import { maskCommand } from "./commands/mask.ts";
import { trainCommand } from "./commands/train.ts";

/** The command line: a fresh program, which throws where commander would exit. */
export function createProgram(): Command {
  const program = new Command("trivium")
    .description("Causal, prefix and encoder-decoder transformers: train, evaluate, run and compare them.")
    .showHelpAfterError("(--help tells what there is)")
    .configureOutput({ outputError: (text, write) => write(`trivium: ${text.replace(/^error: /, "")}`) })
    .exitOverride();
  for (const add of [
    doctorCommand,
    listCommand,
    maskCommand,
    trainCommand,
    evaluateCommand,
    generateCommand,
    compareCommand,
  ]) {
    add(program);
  }
  return program;
}
