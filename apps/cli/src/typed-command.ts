/**
 * A command as it would be typed into a POSIX shell.
 *
 * @param words - the arguments after the program's name.
 * @example typedCommand(["train", "--data", "my words.tsv"]) // => "trivium train --data 'my words.tsv'"
 */
export const typedCommand = (words: readonly string[]): string => ["trivium", ...words].map(quoted).join(" ");

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
