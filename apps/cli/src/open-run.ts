import {
  mergeRecipes,
  type OpenedModel,
  type OpenModelOptions,
  openModel,
  type Recipe,
  readRecipe,
  withAdapter,
} from "@trivium/compose";
import { modelFiles } from "@trivium/hub/node";
import type { Command } from "commander";
import { z } from "zod";
import type { CommandContext } from "./command-context.ts";
import { parseCount } from "./parse-count.ts";
import { readRecipeFlags } from "./read-settings.ts";
import { engineFlags } from "./recipe-flags.ts";
import { recipeOfFlags } from "./recipe-of-flags.ts";
import { addFlags, recipeFields } from "./setting-flags.ts";
import { showDownload } from "./show-download.ts";

/** Flags that decide what computes. */
export const engineFields = () =>
  Object.fromEntries(Object.entries(recipeFields()).filter(([flag]) => isOfEngine(flag)));

const isOfEngine = (flag: string): boolean => engineFlags.some((name) => name === flag);

/** Adds the flags that say how a model is found and read. */
export const addOpeningFlags = (command: Command): Command =>
  command
    .option("--revision <name>", "of a model of the hub: a branch, a tag or a commit. Default: main")
    .option("--checkpoint <which>", "of a run: best, or a step. Default: the newest")
    .option("--offline", "open what the hub's cache holds, and ask nobody. Default: HF_HUB_OFFLINE")
    .option("--ignore-attribute <name...>", "attributes of a foreign config.json that change no number");

/** Adds the flags that choose another engine than a run was trained with, whose recipe is the default. */
export const addEngineFlags = (command: Command): Command =>
  addOpeningFlags(
    addFlags(command, { ...engineFields(), backend: z.string().describe("Another backend than it was trained on") }),
  )
    .option("--architecture <name>", "another architecture with the same parameters: prefix for a causal model")
    .option("--adapter <folder>", "adapters on top of the model: a folder of PEFT's, or a run with --lora-rank");

/** The first argument of commands that open a model. */
export const MODEL_ARGUMENT =
  "folder of a run or of Hugging Face's, a .gguf file, or a model of the hub: owner/name, hf:name";

/** Opens a model by its place on the engine that flags choose, and notes its warnings. */
export function openRun(
  place: string,
  context: CommandContext,
  reading: Pick<OpenModelOptions, "weights" | "chatTemplate"> = {},
): Promise<OpenedModel> {
  const engine = Object.fromEntries(Object.entries(context.flags).filter(([flag]) => isOfEngine(flag)));
  return openChanged(place, context, {
    engine: recipeOfFlags(readRecipeFlags(engine)),
    architecture: context.flags.architecture as string | undefined,
    ...reading,
  });
}

/** Changes of a recipe before its model is opened, and what of it is opened. */
interface Opening extends Pick<OpenModelOptions, "weights" | "chatTemplate"> {
  /** The backend and the attention kernel to run on, as fields of a recipe. */
  readonly engine: Readonly<Record<string, unknown>>;
  /** Another architecture with the same parameters. Default: the model's own. */
  readonly architecture: string | undefined;
}

/** Opens a model by its place with changes of its recipe, and notes its warnings. */
export async function openChanged(
  place: string,
  { flags, plugins, output, registry }: CommandContext,
  { engine, architecture, weights, chatTemplate }: Opening,
): Promise<OpenedModel> {
  const offline = flags.offline as boolean | undefined;
  const filesOf = (name: string, revision?: string) =>
    modelFiles(name, { revision, offline, onEvent: showDownload(output) });
  const ignore = flags.ignoreAttribute as string[] | undefined;
  const alone = await openModel(await filesOf(place, flags.revision as string | undefined), {
    registry: await registry(plugins),
    load: (own) => registry([...own, ...plugins]),
    change: (recipe) => asArchitecture(onEngine(recipe, engine), architecture),
    weights,
    checkpoint: checkpointOf(flags.checkpoint),
    chatTemplate,
    ignore,
    base: (from) => filesOf(from),
  });
  const adapter = flags.adapter as string | undefined;
  const opened = adapter === undefined ? alone : await withAdapter(alone, await filesOf(adapter), { ignore });
  for (const message of opened.warnings) output.note(`warning: ${message}`);
  return opened;
}

/** @throws {ConfigError} `cli/count` */
const checkpointOf = (which: unknown): OpenModelOptions["checkpoint"] =>
  which === undefined || which === "best" ? which : parseCount("checkpoint", which, 0);

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
