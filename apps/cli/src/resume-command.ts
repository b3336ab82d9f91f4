import { typedCommand } from "./typed-command.ts";

/**
 * The command that goes on with a run that was stopped: what was typed, with `--resume` and the folder of the run.
 *
 * @param typed - the arguments after the program's name.
 * @example resumeCommand(["train", "--seed", "1"], "runs/a") // => "trivium train --seed 1 --resume --out runs/a"
 */
export function resumeCommand(typed: readonly string[], directory: string): string {
  const has = (flag: string) => typed.some((word) => word === flag || word.startsWith(`${flag}=`));
  const resume = has("--resume") ? [] : ["--resume"];
  const out = has("--out") ? [] : ["--out", directory];
  return typedCommand([...typed, ...resume, ...out]);
}
