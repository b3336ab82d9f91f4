import { defaultObjective, mergeRecipes, type Recipe, readRecipe, resolveArchitecture } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import { modelConfigSchema } from "@trivium/model";
import type { Plugins } from "./load-registry.ts";
import { withFittingLoss } from "./loss-scope.ts";
import type { Output } from "./output.ts";

/** An arm of a comparison: the recipe that all share, with changes. */
export interface ArmRecipe {
  readonly name: string;
  readonly recipe: Recipe;
}

/** A change of some options of the model. */
type Change = (model: Recipe["model"]) => Recipe["model"];

/**
 * The controls of T5's comparison, as changes of the encoder–decoder's model: an encoder–decoder has twice the parameters of one stack, so one arm shares its
 * stacks and one has half the layers in each. A third is a prefix model but for one thing, that the target attends to
 * the source's last states alone.
 *
 * @source Raffel et al. 2020, table 2, https://arxiv.org/abs/1910.10683; the third after Zhang et al. 2022, whose text was
 *   not at hand, https://arxiv.org/abs/2202.00528
 */
const controls: ReadonlyMap<string, Change> = new Map<string, Change>([
  ["encoder-decoder-shared", () => ({ sharedStacks: true })],
  ["encoder-decoder-half-depth", halfDepth],
  ["encoder-decoder-top-only", () => ({ sharedStacks: true, crossAttention: "merged" })],
]);

function halfDepth({ layers = modelConfigSchema.shape.layers.parse(undefined) }: Recipe["model"]) {
  if (typeof layers === "number") return { layers: Math.max(1, Math.floor(layers / 2)) };
  const message = "the half-depth control needs one number of layers; leave it out of the arms";
  throw new ConfigError("cli/half-depth", message);
}

/**
 * The recipes of the arms: architectures, the user's too, and the controls, but no copy of another arm.
 *
 * @throws {ConfigError} `cli/arms` if one is named twice or none is left. @throws {UnknownPluginError} listing what there
 *   is.
 */
export function armRecipes(
  architectures: readonly string[],
  shared: Recipe,
  { registry, output }: { readonly registry: Plugins; readonly output: Pick<Output, "note"> },
): ArmRecipe[] {
  const twice = architectures.find((name, at) => architectures.indexOf(name) !== at);
  if (twice !== undefined) throw new ConfigError("cli/arms", `the arm ${twice} is named twice in --architectures`);
  const arms = architectures.filter((name) => !isCopy(name, shared));
  for (const name of architectures.filter((one) => !arms.includes(one))) {
    output.note(`${name} is left out: half of one layer is one, so it would be encoder-decoder again`);
  }
  if (arms.length === 0) throw new ConfigError("cli/arms", "no arm is left; name others in --architectures");
  return arms.map((name) => ({ name, recipe: armRecipe(name, shared, registry) }));
}

const isCopy = (name: string, { model }: Recipe): boolean =>
  name === "encoder-decoder-half-depth" && model.layers === 1;

function armRecipe(name: string, shared: Recipe, registry: Plugins): Recipe {
  const change = controls.get(name);
  const architecture = change ? "encoder-decoder" : name;
  const recipe = readRecipe(mergeRecipes(shared, { architecture, model: change?.(shared.model) }));
  // Where no objective is named, the scope of the loss is a choice of the causal arm alone.
  const usual = defaultObjective(resolveArchitecture(architecture, registry));
  const isFree = shared.objective.name === undefined && usual !== "causal-lm";
  return withFittingLoss(recipe, registry, isFree ? ["target", "all"] : undefined);
}
