import { type Command, Option } from "commander";
import type { z } from "zod";
import { flagName } from "./flag-name.ts";
import { jsonOfFlag } from "./json-of-flag.ts";
import { dataFlags, recipeFlags } from "./recipe-flags.ts";
import { groupSettings } from "./setting-groups.ts";
import { namedRecipes } from "./settings.ts";

type Fields = Readonly<Record<string, z.ZodType>>;

/** Every flag of a recipe, but for some. */
export const recipeFields = (without: readonly string[] = []): Fields => {
  const fields = Object.entries(recipeFlags).map(([flag, { field }]) => [flag, field] as const);
  return Object.fromEntries([...Object.entries(dataFlags), ...fields].filter(([flag]) => !without.includes(flag)));
};

/** Adds a flag for every field, one for a file with a recipe, and one for a named recipe. */
export function addSettingFlags(command: Command, fields: Fields): Command {
  addFlags(command, fields).option(
    "--config <file>",
    "JSON file with a recipe, or a run folder to repeat; flags come first",
  );
  return command.option("--preset <name>", `a recipe by name: ${Object.keys(namedRecipes).join(", ")}`);
}

/** Adds a flag for every field, under a heading of the help: `learningRate` becomes `--learning-rate`. */
export function addFlags(command: Command, fields: Fields): Command {
  for (const { heading, settings } of groupSettings(Object.keys(fields))) {
    for (const key of settings) {
      command.addOption(settingOption(key, fields[key] as z.ZodType).helpGroup(heading));
    }
  }
  return command;
}

function settingOption(key: string, field: z.ZodType): Option {
  const fallback = field.safeParse(undefined).data;
  const note = fallback === undefined ? "" : ` (default: ${[fallback].flat().join(",")})`;
  const isSwitch = field.safeParse(true).success;
  const flag = flagName(key);
  const description = `${field.description ?? ""}${note}`.replace(
    "(default: true)",
    `(default: true; off: ${flag} false)`,
  );
  const option = new Option(`${flag} ${isSwitch ? "[value]" : "<value>"}`, description);
  return option.argParser((text) => readFlag(field, text));
}

/**
 * Reads the text of a flag for a setting: the text itself if that is right (a folder may be named `1e3`), else a
 * number, a truth value or JSON, else a list with commas outside of braces. If nothing is right, the schema shall say what was expected.
 *
 * @example readFlag(z.int(), "3") // => 3
 */
export function readFlag(field: z.ZodType, text: string): unknown {
  const json = jsonOfFlag(text);
  return [text, json, text.split(/,(?![^{]*\})/)].find((value) => field.safeParse(value).success) ?? json;
}
