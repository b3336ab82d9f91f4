import { type Command, Option } from "commander";
import type { z } from "zod";
import { namedSettings } from "./settings.ts";

/** Adds a flag for every field of the schema: `learningRate` becomes `--learning-rate`. */
export function addSettingFlags(command: Command, schema: z.ZodObject): Command {
  for (const [key, field] of Object.entries(schema.shape) as [string, z.ZodType][]) {
    // Has a flag of its own, `--plugin`, which can be repeated.
    if (key !== "plugins") command.addOption(settingOption(key, field));
  }
  command.option("--config <file>", "JSON file with settings of the same names; flags come first");
  return command.option("--preset <name>", `named settings: ${Object.keys(namedSettings).join(", ")}`);
}

function settingOption(key: string, field: z.ZodType): Option {
  const fallback = field.safeParse(undefined).data;
  const note = fallback === undefined ? "" : ` (default: ${[fallback].flat().join(",")})`;
  const isSwitch = field.safeParse(true).success;
  const flag = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const option = new Option(`--${flag} ${isSwitch ? "[value]" : "<value>"}`, `${field.description ?? ""}${note}`);
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
