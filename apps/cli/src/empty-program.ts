import { Command } from "commander";
import { ownVersion } from "./own-package.ts";

/** The command line without a command, which throws where commander would exit. */
export const emptyProgram = (): Command =>
  new Command("trivium")
    .description("Causal, prefix and encoder-decoder transformers: train, evaluate, run and compare them.")
    .version(ownVersion())
    .configureOutput({
      outputError: (text, write) => write(`trivium: ${hint(oneLine(text))}; --help tells what there is\n`),
    })
    .exitOverride()
    .enablePositionalOptions();

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
