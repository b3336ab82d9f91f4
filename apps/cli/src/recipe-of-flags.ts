import { statSync } from "node:fs";
import { mergeRecipes } from "@trivium/compose";
import { ConfigError, DataError } from "@trivium/core";
import { flagName } from "./flag-name.ts";
import type { Plugins } from "./load-registry.ts";
import { fileFlags, recipeFlags } from "./recipe-flags.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The part of a recipe that flags say. */
export function recipeOfFlags(given: Fields): Fields {
  const said = Object.entries(recipeFlags).filter(([flag]) => given[flag] !== undefined);
  return said.reduce<Fields>((recipe, [flag, { at }]) => mergeRecipes(recipe, nested(at, given[flag])), {});
}

const nested = ([first, ...rest]: readonly string[], value: unknown): Fields => ({
  [first as string]: rest.length === 0 ? value : nested(rest, value),
});

/** Tells whether `--data` names a dataset; any other value is the path of a file. */
export const isDatasetName = (data: string, registry: Plugins): boolean =>
  data !== "file" && (registry.names("dataset") as readonly string[]).includes(data);

/**
 * Returns the data that flags name: a dataset with its options, else a file with how it is read and held out.
 *
 * @throws {ConfigError} `cli/data` if there is neither, or a flag of files is given for a dataset by name. @throws {DataError} `data/file` if it is a folder.
 */
export function dataOfFlags({ data, dataOptions, heldOut, ...flags }: Fields, registry: Plugins): Fields | undefined {
  const shares = heldOut === undefined ? {} : { validation: heldOut, test: heldOut };
  const given = fileFlags.filter((flag) => flags[flag] !== undefined);
  const ofFile = Object.fromEntries(given.map((flag) => [flag, flags[flag]]));
  const options = { ...shares, ...ofFile, ...(dataOptions as Fields | undefined) };
  if (data === undefined) return Object.keys(options).length === 0 ? undefined : { options };
  if (isDatasetName(data as string, registry)) {
    const [flag] = [...given, ...(heldOut === undefined ? [] : ["heldOut"])];
    if (flag === undefined) return { name: data, options: dataOptions };
    throw new ConfigError("cli/data", `${flagName(flag)} is for your own file, and ${data} is a dataset; leave it out`);
  }
  const there = statOf(data as string);
  if (there === undefined) throw noData(`there is no file ${data} and no dataset of that name.`, registry);
  if (there === "folder") throw new DataError("data/file", `cannot read ${data}: it is a folder, not a file`);
  return { name: "file", options: { path: data, ...options } };
}

function statOf(path: string): "folder" | "other" | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found && (found.isDirectory() ? "folder" : "other");
  } catch {
    // Reading it says better what is wrong with it.
    return "other";
  }
}

export function noData(problem: string, registry: Plugins): ConfigError {
  const names = registry.names("dataset").filter((known) => known !== "file");
  const message = `${problem} Give --data a .txt, .tsv or .jsonl file, or one of: ${names.join(", ")}`;
  return new ConfigError("cli/data", message);
}
