import { defaultObjective, type Recipe, resolveArchitecture } from "@trivium/compose";
import type { Plugins } from "./load-registry.ts";

/**
 * The recipe without a scope of the loss that its objective has anyway: loss on the target is what all objectives have
 * but `causal-lm`. Whether another one takes `all` is its own to say.
 *
 * @param dropped - the scopes to leave out.
 */
export function withFittingLoss(recipe: Recipe, registry: Plugins, dropped: readonly unknown[] = ["target"]): Recipe {
  const { name = defaultObjective(resolveArchitecture(recipe.architecture, registry)), options } = recipe.objective;
  const { loss, ...others } = options ?? {};
  if (name === "causal-lm" || !dropped.includes(loss)) return recipe;
  return { ...recipe, objective: { ...recipe.objective, options: others } };
}
