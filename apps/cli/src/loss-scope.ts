import { defaultObjective, type Recipe, resolveArchitecture } from "@trivium/compose";
import type { Plugins } from "./load-registry.ts";

/** Objectives that have a scope of the loss. */
const scoped = ["causal-lm", "fill-in-the-middle"];

/**
 * The recipe without a scope of the loss that its objective has anyway: loss on the target is what all objectives have
 * but `causal-lm` and `fill-in-the-middle`. Whether another one takes `all` is its own to say.
 *
 * @param dropped - the scopes to leave out.
 */
export function withFittingLoss(recipe: Recipe, registry: Plugins, dropped: readonly unknown[] = ["target"]): Recipe {
  const { name = defaultObjective(resolveArchitecture(recipe.architecture, registry)), options } = recipe.objective;
  const { loss, ...others } = options ?? {};
  if (scoped.includes(name) || !dropped.includes(loss)) return recipe;
  return { ...recipe, objective: { ...recipe.objective, options: others } };
}
