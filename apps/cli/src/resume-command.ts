/**
 * The command that goes on with a run that was stopped: what was typed, with `--resume` and the folder of the run.
 *
 * @param typed - the arguments after the program's name.
 * @example resumeCommand(["train", "--data", "my words.tsv"], "runs/a") // => "trivium train --data 'my words.tsv' --resume --out runs/a"
 */
export function resumeCommand(typed: readonly string[], directory: string): string {
  const has = (flag: string) => typed.some((word) => word === flag || word.startsWith(`${flag}=`));
  const added = [...(has("--resume") ? [] : ["--resume"]), ...(has("--out") ? [] : ["--out", directory])];
  return ["trivium", ...typed, ...added].map(quoted).join(" ");
}

/** As a POSIX shell reads it back. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
