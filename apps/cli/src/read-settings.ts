import { readFile, stat } from "node:fs/promises";
import { latestCheckpoint } from "@trivium/checkpoint/node";
import { describeValues, mergeRecipes, type Recipe, readRecipe } from "@trivium/compose";
import { ConfigError, decodeJson } from "@trivium/core";
import stripJsonComments from "strip-json-comments";
import type { z } from "zod";
import type { CommandContext } from "./command-context.ts";
import { flagName } from "./flag-name.ts";
import type { Plugins } from "./load-registry.ts";
import { dataFlags, recipeFlags } from "./recipe-flags.ts";
import { dataOfFlags, noData, recipeOfFlags } from "./recipe-of-flags.ts";
import { namedRecipes } from "./settings.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The settings of a command: the recipe, the command's own settings, and the plugins that the recipe may name. */
export interface CommandSettings<S extends z.ZodObject> {
  readonly recipe: Recipe;
  /** The architecture that was asked for by name. Undefined where the recipe has the default. */
  readonly architecture: string | undefined;
  readonly settings: z.output<S>;
  readonly registry: Plugins;
}

/**
 * Reads a recipe from a preset, a file and flags, later ones winning, and a command's own settings from flags. Plugins
 * of the file and of flags add up.
 *
 * @param schema - the command's own settings.
 * @param under - the recipe under all others.
 * @throws {ConfigError} `cli/settings` naming the flag, `compose/recipe` naming file and field, `cli/config-file`,
 *   `cli/preset` or `cli/data`.
 */
export async function readSettings<S extends z.ZodObject>(
  schema: S,
  { flags, plugins, registry: load }: Pick<CommandContext, "flags" | "plugins" | "registry">,
  under: Fields = {},
): Promise<CommandSettings<S>> {
  const settings = readOwn(schema, flags);
  const isOwn = (flag: string) => flag in schema.shape;
  const preset = isOwn("preset") || flags.preset === undefined ? {} : presetOf(String(flags.preset));
  const file = flags.config === undefined ? {} : await readRecipeFile(String(flags.config));
  const said = recipeOfFlags(readRecipeFlags(flags));
  const merged = [preset, file, said].reduce(mergeRecipes, under);
  const named = [...((merged.plugins as readonly string[] | undefined) ?? []), ...plugins];
  const registry = await load(named);
  const data = dataOfFlags(flags, registry);
  const recipe = readRecipe(mergeRecipes(merged, { plugins: named, data }));
  return { recipe, architecture: merged.architecture as string | undefined, settings, registry };
}

/** A command's own settings, from flags. @throws {ConfigError} `cli/settings` naming the flag. */
export function readOwn<S extends z.ZodObject>(schema: S, flags: Fields): z.output<S> {
  refuseWrong(schema.shape, flags);
  return schema.parse(Object.fromEntries(Object.entries(flags).filter(([flag]) => flag in schema.shape)));
}

/** The flags of recipes, checked. @throws {ConfigError} `cli/settings` naming the flag. */
export function readRecipeFlags(flags: Fields): Fields {
  const fields = Object.entries(recipeFlags).map(([flag, { field }]) => [flag, field] as const);
  refuseWrong({ ...Object.fromEntries(fields), ...dataFlags }, flags);
  return flags;
}

/** @throws {ConfigError} `cli/data` if a recipe names no data. */
export function requireData({ recipe, registry }: Pick<CommandSettings<z.ZodObject>, "recipe" | "registry">): void {
  if (!recipe.data) throw noData("which data?", registry);
}

function refuseWrong(fields: Readonly<Record<string, z.core.$ZodType>>, flags: Fields): void {
  for (const [flag, value] of Object.entries(flags)) {
    const field = Object.hasOwn(fields, flag) ? (fields[flag] as z.ZodType) : undefined;
    if (!field || value === undefined || field.safeParse(value).success) continue;
    const got = JSON.stringify(value)?.slice(0, 60);
    const message = `${flagName(flag)}: ${describeValues(field)}, got ${got}`;
    throw new ConfigError("cli/settings", message, { details: { setting: flag } });
  }
}

/** A file may leave out whatever has a default. */
async function readRecipeFile(path: string): Promise<Fields> {
  let content: unknown;
  try {
    const found = await stat(path);
    if (found.isDirectory()) return await recipeOfRun(path);
    if (found.isCharacterDevice() || found.isBlockDevice()) throw new Error("it is a device, not a file");
    content = decodeJson(await readFile(path), stripJsonComments);
  } catch (cause) {
    const message = `cannot use the configuration ${path}: ${(cause as Error).message}`;
    throw new ConfigError("cli/config-file", message, { cause });
  }
  readRecipe(content, path);
  return content as Fields;
}

/** The resolved recipe of a run, with which it can be repeated. */
async function recipeOfRun(folder: string): Promise<Fields> {
  const { checkpoint } = await latestCheckpoint(folder);
  if (!checkpoint) throw new Error("it is a folder that holds no whole checkpoint of a run");
  const { recipe } = checkpoint.json("config.json") as { recipe?: Fields };
  return readRecipe(recipe, `${checkpoint.path}/config.json`);
}

function presetOf(name: string): Fields {
  if (Object.hasOwn(namedRecipes, name)) return namedRecipes[name] as Fields;
  const names = Object.keys(namedRecipes).join(", ");
  throw new ConfigError("cli/preset", `there is no preset "${name}"; there are: ${names}`);
}
