import { readFile } from "node:fs/promises";
import { ConfigError, nearestName } from "@trivium/core";
import type { z } from "zod";
import { describeValues } from "./describe-values.ts";
import { flagName } from "./flag-name.ts";
import { namedSettings } from "./settings.ts";

type Settings = Readonly<Record<string, unknown>>;

/**
 * Settings from a preset, a file and flags, later ones winning, validated. Plugins of a file and of flags add up.
 *
 * @param flags - what was given, with `config` and `preset` among them.
 * @throws {ConfigError} `cli/settings` naming the field, `cli/config-file` or `cli/preset`.
 */
export async function readSettings<S extends z.ZodObject>(
  schema: S,
  flags: Settings,
  plugins: readonly string[],
): Promise<z.output<S>> {
  const { config, preset, ...given } = flags;
  const file = config === undefined ? {} : await readConfigFile(String(config));
  const named = preset === undefined ? {} : presetOf(String(preset));
  return checkSettings(schema, { given, merged: { ...named, ...file, ...given }, config, plugins });
}

/**
 * Settings that flags alone give, validated.
 *
 * @throws {ConfigError} `cli/settings` naming the flag.
 */
export const readFlags = <S extends z.ZodObject>(schema: S, given: Settings, plugins: readonly string[]): z.output<S> =>
  checkSettings(schema, { given, merged: given, plugins });

interface Merged {
  /** What flags said. */
  readonly given: Settings;
  readonly merged: Settings;
  /** The file that other settings came from. */
  readonly config?: unknown;
  readonly plugins: readonly string[];
}

function checkSettings<S extends z.ZodObject>(schema: S, { given, merged, config, plugins }: Merged): z.output<S> {
  refuseUnknown(schema, merged, config);
  refuseWrong(schema, merged, (key) => (key in given || config === undefined ? flagName(key) : `${config}: ${key}`));
  const checked = schema.parse(merged);
  return { ...checked, plugins: [...(checked.plugins as readonly string[]), ...plugins] };
}

function refuseUnknown(schema: z.ZodObject, settings: Settings, file: unknown): void {
  const known = Object.keys(schema.shape);
  const unknown = Object.keys(settings).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, known);
  const hint = nearest ? `; did you mean "${nearest}"?` : "";
  const place = file === undefined ? "" : `${file}: `;
  throw new ConfigError("cli/settings", `${place}there is no setting "${unknown}"${hint}`, {
    details: { setting: unknown, nearest },
  });
}

function refuseWrong(schema: z.ZodObject, settings: Settings, placeOf: (key: string) => string): void {
  const [issue] = schema.safeParse(settings).error?.issues ?? [];
  if (!issue) return;
  const setting = String(issue.path[0]);
  const expected = describeValues(schema.shape[setting] as z.ZodType);
  const got = JSON.stringify(settings[setting])?.slice(0, 60);
  throw new ConfigError("cli/settings", `${placeOf(setting)}: ${expected}, got ${got}`, { details: { setting } });
}

async function readConfigFile(path: string): Promise<Settings> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw configError(path, (cause as Error).message, cause);
  }
  if (typeof content === "object" && content !== null && !Array.isArray(content)) return content as Settings;
  throw configError(path, `expected an object of settings, got ${JSON.stringify(content)?.slice(0, 40)}`);
}

const configError = (path: string, problem: string, cause?: unknown): ConfigError =>
  new ConfigError("cli/config-file", `cannot use the configuration ${path}: ${problem}`, { cause });

function presetOf(name: string): Settings {
  if (Object.hasOwn(namedSettings, name)) return namedSettings[name] as Settings;
  const names = Object.keys(namedSettings).join(", ");
  throw new ConfigError("cli/preset", `there is no preset "${name}"; there are: ${names}`);
}
