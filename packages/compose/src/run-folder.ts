import {
  type Checkpoint,
  checkpointIn,
  decodeSafetensors,
  type Files,
  type LatestCheckpoint,
  latestCheckpointIn,
} from "@trivium/checkpoint";
import { CheckpointError } from "@trivium/core";
import type { LanguageModel } from "@trivium/model";
import { assertWeightFormat, flattenSpecs, type ParameterTree } from "@trivium/tensor";
import { pairTokenizerFromJson } from "@trivium/text";
import { treeOfArrays } from "@trivium/trainer";
import { z } from "zod";
import { adaptedParameters, adapterSchema, assertSameWeights } from "./apply-adapter.ts";
import { assertSameStreams } from "./assert-same-streams.ts";
import { composeRecipe } from "./compose-recipe.ts";
import { assertComposedFits } from "./fit-model.ts";
import { formatOf, holdTree } from "./hold-weights.ts";
import { type ModelFormat, modelFormat, type OpenModelOptions, openModel } from "./open-model.ts";
import type { OpenedAdapter, OpenedModel } from "./opened-model.ts";
import { type Recipe, recipeSchema } from "./recipe.ts";
import { resolveArchitecture, resolveEngine, resolveTokenizer } from "./resolve.ts";

/** The part of `config.json` that opening a run needs; see `trainOptions`. */
const configSchema = z.object({
  recipe: recipeSchema,
  task: z.enum(["pairs", "text"]),
  tokenizer: z.unknown(),
  model: z.looseObject({ vocabulary: z.int(), length: z.int() }),
  data: z.string().optional(),
});

async function open(files: Files, options: OpenModelOptions): Promise<OpenedModel> {
  const { checkpoint: newest, skipped } = await newestOf(files);
  const checkpoint = newest && (await chosenCheckpoint(files, newest, options.checkpoint));
  const passedOver = skipped.map(({ message }) => message);
  if (!checkpoint) {
    const why = passedOver.length > 0 ? `: ${passedOver.join("; ")}` : "";
    throw new CheckpointError("compose/no-checkpoint", `${files.name} holds no whole checkpoint of a run${why}`);
  }
  const { load = async () => options.registry, change = (recipe) => recipe, weights = true } = options;
  const config = readConfig(checkpoint, files.name);
  const recipe = change(config.recipe);
  const registry = await load(recipe.plugins);
  const architecture = (name: string) => resolveArchitecture(name, registry);
  assertSameStreams(architecture(config.recipe.architecture), architecture(recipe.architecture));
  const engine = resolveEngine(recipe, registry);
  const tokenizer = pairTokenizerFromJson(config.tokenizer, resolveTokenizer(registry));
  const composed = composeRecipe(recipe, registry, { config: config.model, tokenizer, engine });
  if (weights) assertComposedFits(files.name, composed.model, { ...engine, type: formatOf(weights) });
  await engine.backend.activate();
  const format = formatOf(weights);
  assertWeightFormat(format);
  const adapter = adapterOf(checkpoint, files.name);
  const opening = { files, options, recipe, adapter };
  return {
    name: files.name,
    model: composed.model,
    parameters: weights ? holdTree(await parametersOf(checkpoint, composed.model, opening), format) : {},
    adapter,
    tokenizer,
    objective: composed.objective,
    engine,
    recipe,
    step: checkpoint.step,
    task: config.task,
    length: config.model.length,
    data: config.data,
    registry,
    warnings: [...passedOver, ...composed.warnings.map(({ message }) => message)],
  };
}

const [MODEL, CONFIG] = ["model.safetensors", "config.json"] as const;

/** The newest checkpoint of a run, or the one that the files are. */
async function newestOf(files: Files): Promise<LatestCheckpoint> {
  if (!(await isCheckpoint(files))) return latestCheckpointIn(files);
  if ((await files.list()).includes("manifest.json")) return { checkpoint: await checkpointIn(files), skipped: [] };
  const { arrays } = decodeSafetensors(await files.read(MODEL), { file: `${files.name}/${MODEL}` });
  const config: unknown = JSON.parse(new TextDecoder().decode(await files.read(CONFIG)));
  const checkpoint = { path: files.name, step: 0, names: [MODEL, CONFIG], arrays: () => arrays, json: () => config };
  return { checkpoint, skipped: [] };
}

/** Tells whether files are those of one checkpoint of ours, with its manifest or without. */
async function isCheckpoint(files: Files): Promise<boolean> {
  const names = await files.list();
  if (!names.includes(MODEL) || !names.includes(CONFIG)) return false;
  return names.includes("manifest.json") || /"recipe"\s*:/.test(new TextDecoder().decode(await files.read(CONFIG)));
}

const stateSchema = z.object({ best: z.object({ steps: z.array(z.object({ step: z.int() })) }).optional() });

/** @throws {CheckpointError} `compose/checkpoint` if the run does not hold the one that is asked for. */
async function chosenCheckpoint(
  files: Files,
  newest: Checkpoint,
  asked: OpenModelOptions["checkpoint"],
): Promise<Checkpoint> {
  if (asked === undefined) return newest;
  const best = asked === "best" ? stateSchema.parse(newest.json("state.json")).best?.steps[0]?.step : asked;
  const found = best === undefined ? null : (await latestCheckpointIn(files, best + 1)).checkpoint;
  if (found && found.step === best) return found;
  const problem = best === undefined ? "its training looked for no best one (--best)" : `it has none of step ${best}`;
  const message = `${files.name} cannot be opened at the checkpoint "${asked}": ${problem}; the newest is of step ${newest.step}`;
  throw new CheckpointError("compose/checkpoint", message, { details: { asked } });
}

/** The adapters of a run that trained such, with the hash of the weights beside them. */
type RunAdapter = OpenedAdapter & { readonly hash: string };

function adapterOf(checkpoint: Checkpoint, name: string): RunAdapter | undefined {
  const read = adapterSchema.safeParse(checkpoint.json("config.json"));
  if (!read.success) return undefined;
  return { ...read.data.lora, name, hash: read.data.from.hash, arrays: checkpoint.arrays("model.safetensors") };
}

interface Opening {
  readonly files: Files;
  readonly options: OpenModelOptions;
  readonly recipe: Recipe;
  readonly adapter: RunAdapter | undefined;
}

/** The parameters of a run: those of its checkpoint, or of the model that its adapters change, with these merged. */
async function parametersOf(
  checkpoint: Checkpoint,
  model: LanguageModel,
  { files, options, recipe, adapter }: Opening,
): Promise<ParameterTree> {
  if (!adapter) return treeOfArrays(checkpoint.arrays("model.safetensors"), flattenSpecs(model.specs), "model");
  const { from = "" } = recipe;
  if (!options.base) {
    const problem = `${files.name} holds adapters of ${from}, which cannot be found from here`;
    throw new CheckpointError("compose/adapter", `${problem}; open ${from}, and the adapters with it (withAdapter)`);
  }
  const { backend, attention, architecture } = recipe;
  const change = (own: Recipe): Recipe => ({ ...own, backend, attention, architecture, objective: {} });
  const given = { ...options, change, weights: true, checkpoint: undefined };
  const base = await openModel(await options.base(from), given);
  await assertSameWeights(adapter.hash, base.parameters, { adapters: files.name, base: from });
  return adaptedParameters(model, base.parameters, adapter);
}

/** @throws {CheckpointError} `compose/run-of-before` for the layout of before recipes, else `compose/run-config`. */
function readConfig(checkpoint: Checkpoint, name: string): z.output<typeof configSchema> {
  const config = checkpoint.json("config.json");
  const read = configSchema.safeParse(config);
  if (read.success) return read.data;
  assertHasRecipe(config, name);
  const [{ path, message }] = read.error.issues as [z.core.$ZodIssue];
  const place = path.length > 0 ? ` (${path.join(".")}: ${message})` : "";
  const problem = `${name} does not say how its model was trained${place}; open a run of \`trivium train\``;
  throw new CheckpointError("compose/run-config", problem, { cause: read.error });
}

function assertHasRecipe(config: unknown, name: string): void {
  if (typeof config !== "object" || config === null || !("cli" in config) || "recipe" in config) return;
  const message = `${name} was trained by a version without recipes; train it again, or use it with the version that made it`;
  throw new CheckpointError("compose/run-of-before", message);
}

/**
 * Refuses to resume a run of a version without recipes, from which no run of today differs in settings alone.
 *
 * @throws {CheckpointError} `compose/run-of-before` if the newest whole checkpoint is of such a version.
 * @example await assertResumable(folderFiles("runs/a"));
 */
export async function assertResumable(files: Files): Promise<void> {
  const { checkpoint } = await latestCheckpointIn(files);
  assertHasRecipe(checkpoint?.json("config.json"), files.name);
}

const runFolder: ModelFormat = {
  async recognises(files) {
    const names = await files.list();
    return names.includes("checkpoints") || names.includes("run.json") || isCheckpoint(files);
  },
  open,
};

/** Our own run folders, of which the newest checkpoint that is whole is opened, and single checkpoints. */
export const runFolderPlugin = modelFormat("run-folder", runFolder, {
  description: "A folder of `trivium train`, or one of its checkpoints.",
});
