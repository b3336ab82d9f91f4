import { readFile } from "node:fs/promises";
import { ConfigError, nearestName } from "@trivium/core";
import { validateWith } from "@trivium/registry";
import { type Command, Option } from "commander";
import type { z } from "zod";
import { namedSettings } from "./settings.ts";

// biome-ignore lint/suspicious/noExplicitAny: zod's own shape type
type ObjectSchema = z.ZodObject<any>;

const flagOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Adds a flag for every field of the schema: `learningRate` becomes `--learning-rate`. */
export function addSettingFlags(command: Command, schema: ObjectSchema): Command {
  for (const [key, field] of Object.entries(schema.shape) as [string, z.ZodType][]) {
    if (key === "plugins") continue;
    command.addOption(settingOption(key, field));
  }
  command.option("--config <file>", "JSON file with settings of the same names; flags come first");
  return command.option("--preset <name>", `named settings: ${Object.keys(namedSettings).join(", ")}`);
}

function settingOption(key: string, field: z.ZodType): Option {
  const fallback = field.safeParse(undefined);
  const note = fallback.success && fallback.data !== undefined ? ` (default: ${show(fallback.data)})` : "";
  const boolean = fallback.success && typeof fallback.data === "boolean";
  return new Option(
    `--${flagOf(key)} ${boolean ? "[value]" : "<value>"}`,
    `${field.description ?? ""}${note}`,
  ).argParser(parseValue);
}

const show = (value: unknown): string => (Array.isArray(value) ? value.join(",") : String(value));

/** Numbers, booleans and JSON as what they are, the rest as text; the schema decides what is right. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Settings from a preset, a file and flags, later ones winning, validated.
 *
 * @throws {ConfigError} `cli/settings` naming the field, `cli/config-file` or `cli/preset`.
 */
export async function readSettings<S extends ObjectSchema>(
  schema: S,
  flags: Readonly<Record<string, unknown>>,
  plugins: readonly string[],
): Promise<z.output<S>> {
  const { config, preset, ...given } = flags;
  const file = config === undefined ? {} : await readConfigFile(String(config));
  const named = preset === undefined ? {} : presetOf(String(preset));
  const merged: Record<string, unknown> = { ...named, ...file, ...withLists(schema, given) };
  if (plugins.length > 0) merged.plugins = [...((merged.plugins as string[] | undefined) ?? []), ...plugins];
  refuseUnknown(schema, merged);
  const numericNames = Object.fromEntries(
    Object.entries(merged).map(([key, value]) => [key, asText(schema, key, value)]),
  );
  return validateWith(schema as never, numericNames, { code: "cli/settings", what: "settings" }) as z.output<S>;
}

/** `--architectures causal,prefix` is a list. */
function withLists(schema: ObjectSchema, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isList = (key: string) =>
    Array.isArray((schema.shape[key] as z.ZodType | undefined)?.safeParse(undefined).data);
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      isList(key) && typeof value === "string" ? value.split(",") : value,
    ]),
  );
}

/** A folder named 2024 reads as a number: where only text is right, it is text. */
function asText(schema: ObjectSchema, key: string, value: unknown): unknown {
  const field = schema.shape[key] as z.ZodType | undefined;
  if (typeof value !== "number" || !field || field.safeParse(value).success) return value;
  return field.safeParse(String(value)).success ? String(value) : value;
}

function refuseUnknown(schema: ObjectSchema, settings: Readonly<Record<string, unknown>>): void {
  const known = Object.keys(schema.shape);
  for (const key of Object.keys(settings)) {
    if (known.includes(key)) continue;
    const nearest = nearestName(key, known);
    throw new ConfigError(
      "cli/settings",
      `there is no setting "${key}"${nearest ? `; did you mean "${nearest}"?` : ""}`,
    );
  }
}

async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  } catch (cause) {
    throw new ConfigError("cli/config-file", `cannot read the configuration ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function presetOf(name: string): Readonly<Record<string, unknown>> {
  const found = namedSettings[name];
  if (found) return found;
  throw new ConfigError(
    "cli/preset",
    `there is no preset "${name}"; there are: ${Object.keys(namedSettings).join(", ")}`,
  );
}
