import { type Command, Option } from "commander";
import type { z } from "zod";
import { flagName } from "./flag-name.ts";
import { groupSettings } from "./setting-groups.ts";
import { namedSettings } from "./settings.ts";

/** Adds a flag for every field of the schema, one for a file of them, and one for named settings. */
export function addSettingFlags(command: Command, schema: z.ZodObject): Command {
  addFlags(command, schema).option("--config <file>", "JSON file with settings of the same names; flags come first");
  return command.option("--preset <name>", `named settings: ${Object.keys(namedSettings).join(", ")}`);
}

/** Adds a flag for every field of the schema, under a heading of the help: `learningRate` becomes `--learning-rate`. */
export function addFlags(command: Command, schema: z.ZodObject): Command {
  // Plugins have a flag of their own, `--plugin`, which can be repeated.
  const keys = Object.keys(schema.shape).filter((key) => key !== "plugins");
  for (const { heading, settings } of groupSettings(keys)) {
    for (const key of settings) {
      command.addOption(settingOption(key, schema.shape[key] as z.ZodType).helpGroup(heading));
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
 * What the text of a flag means to a setting: the text itself if that is right (a folder may be named `1e3`), else a
 * number, a truth value or JSON, else a list with commas. If nothing is right, the schema shall say what was expected.
 *
 * @example readFlag(z.int(), "3") // => 3
 */
export function readFlag(field: z.ZodType, text: string): unknown {
  const json = parseJson(text);
  return [text, json, text.split(",")].find((value) => field.safeParse(value).success) ?? json;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
