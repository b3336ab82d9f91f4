import { statSync } from "node:fs";
import { mergeRecipes } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import { flagName } from "./flag-name.ts";
import type { Plugins } from "./load-registry.ts";
import { fileFlags, recipeFlags } from "./recipe-flags.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The part of a recipe that flags say. */
export function recipeOfFlags(given: Fields): Fields {
  const said = Object.entries(recipeFlags).filter(([flag]) => given[flag] !== undefined);
  return said.reduce<Fields>((recipe, [flag, { at }]) => mergeRecipes(recipe, fieldOf(flag, at, given[flag])), {});
}

/** A name of a tokenizer that ends like a file is a file. */
const fieldOf = (flag: string, at: readonly string[], value: unknown): Fields =>
  /^(source|target)?[tT]okenizer$/.test(flag) && /\.json$/i.test(String(value))
    ? nested(at.slice(0, -1), { name: "file", options: { path: value } })
    : nested(at, value);

const nested = ([first, ...rest]: readonly string[], value: unknown): Fields => ({
  [first as string]: rest.length === 0 ? value : nested(rest, value),
});

/** Tells whether `--data` names a dataset; any other value is the path of a file. */
export const isDatasetName = (data: string, registry: Plugins): boolean =>
  data !== "file" && (registry.names("dataset") as readonly string[]).includes(data);

/**
 * Returns the data that flags name: a dataset with its options, else files with how they are read and held out.
 *
 * @throws {ConfigError} `cli/data` if there is neither, or a flag of files is given for a dataset by name.
 */
export function dataOfFlags({ data, dataOptions, heldOut, ...flags }: Fields, registry: Plugins): Fields | undefined {
  const shares = heldOut === undefined ? {} : { validation: heldOut, test: heldOut };
  const given = fileFlags.filter((flag) => flags[flag] !== undefined);
  const ofFile = Object.fromEntries(given.map((flag) => [flag, flags[flag]]));
  const options = { ...shares, ...ofFile, ...(dataOptions as Fields | undefined) };
  if (data === undefined) return Object.keys(options).length === 0 ? undefined : { options };
  // On its own, the word is the name of a folder.
  const isFolder = data === "corpus" && dataOptions === undefined;
  if (!isFolder && isDatasetName(data as string, registry)) {
    const [flag] = [...given, ...(heldOut === undefined ? [] : ["heldOut"])];
    if (flag === undefined) return { name: data, options: dataOptions };
    throw new ConfigError("cli/data", `${flagName(flag)} is for your own file, and ${data} is a dataset; leave it out`);
  }
  const name = readerOf(data as string);
  if (name === undefined) throw noData(`there is no file ${data} and no dataset of that name.`, registry);
  if (name === "corpus" && flags.repeated !== undefined)
    throw new ConfigError("cli/data", `${data} is streamed, and each of its pairs is trained on; leave out --repeated`);
  return { name, options: { path: data, ...options } };
}

/** Bytes of a file that is streamed, whatever its ending. */
const LARGE = 2 ** 29;

/** The dataset that reads a path: whole, or as a stream. Undefined if nothing is there. */
function readerOf(path: string): "file" | "corpus" | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return /[*?[{]/.test(path) ? "corpus" : undefined;
    const isStreamed = found.isDirectory() || found.size >= LARGE || /\.(gz|zst|parquet|ndjson)$/i.test(path);
    return isStreamed ? "corpus" : "file";
  } catch {
    // Reading it says better what is wrong with it.
    return "file";
  }
}

export function noData(problem: string, registry: Plugins): ConfigError {
  const names = registry.names("dataset").filter((known) => known !== "file" && known !== "corpus");
  const message = `${problem} Give --data a .txt, .tsv or .jsonl file, a folder or a pattern of such files, or one of: ${names.join(", ")}`;
  return new ConfigError("cli/data", message);
}
