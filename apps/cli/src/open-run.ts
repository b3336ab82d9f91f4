import { filesAt } from "@trivium/checkpoint/node";
import { mergeRecipes, type OpenedModel, openModel, type Recipe, readRecipe } from "@trivium/compose";
import type { Command } from "commander";
import { z } from "zod";
import type { CommandContext } from "./command-context.ts";
import { readRecipeFlags } from "./read-settings.ts";
import { engineFlags } from "./recipe-flags.ts";
import { recipeOfFlags } from "./recipe-of-flags.ts";
import { addFlags, recipeFields } from "./setting-flags.ts";

/** Flags that decide what computes. */
export const engineFields = () =>
  Object.fromEntries(Object.entries(recipeFields()).filter(([flag]) => isOfEngine(flag)));

const isOfEngine = (flag: string): boolean => engineFlags.some((name) => name === flag);

/** The flag that names attributes which a family does not handle. */
export const ignoreAttribute = [
  "--ignore-attribute <name...>",
  "attributes of a foreign config.json that change no number",
] as const;

/** Adds the flags that choose another engine than a run was trained with, whose recipe is the default. */
export const addEngineFlags = (command: Command): Command =>
  addFlags(command, { ...engineFields(), backend: z.string().describe("Another backend than it was trained on") })
    .option("--architecture <name>", "another architecture with the same parameters: prefix for a causal model")
    .option(...ignoreAttribute);

/** Opens a folder of a run or of Hugging Face's on the engine that flags choose, and notes its warnings. */
export function openRun(directory: string, context: CommandContext): Promise<OpenedModel> {
  const engine = Object.fromEntries(Object.entries(context.flags).filter(([flag]) => isOfEngine(flag)));
  return openChanged(directory, context, {
    engine: recipeOfFlags(readRecipeFlags(engine)),
    architecture: context.flags.architecture as string | undefined,
  });
}

/** Changes of a recipe before its model is opened. */
interface Changes {
  /** The backend and the attention kernel to run on, as fields of a recipe. */
  readonly engine: Readonly<Record<string, unknown>>;
  /** Another architecture with the same parameters. Default: the model's own. */
  readonly architecture: string | undefined;
}

/** Opens a model with changes of its recipe, and notes its warnings. */
export async function openChanged(
  directory: string,
  { flags, plugins, output, registry }: CommandContext,
  { engine, architecture }: Changes,
): Promise<OpenedModel> {
  const opened = await openModel(filesAt(directory), {
    registry: await registry(plugins),
    load: (own) => registry([...own, ...plugins]),
    change: (recipe) => asArchitecture(onEngine(recipe, engine), architecture),
    ignore: flags.ignoreAttribute as string[] | undefined,
  });
  for (const message of opened.warnings) output.note(`warning: ${message}`);
  return opened;
}

/** Another architecture has an objective of its own. */
const asArchitecture = (recipe: Recipe, architecture: string | undefined): Recipe =>
  architecture === undefined || architecture === recipe.architecture
    ? recipe
    : { ...recipe, architecture, objective: {} };

/** A kernel that was chosen for one backend is not for another. */
export function onEngine(recipe: Recipe, said: Readonly<Record<string, unknown>>): Recipe {
  const merged = mergeRecipes(recipe, said);
  const isAnother = (merged.backend as Recipe["backend"]).name !== recipe.backend.name;
  return readRecipe(isAnother ? { ...merged, attention: said.attention ?? {} } : merged);
}
