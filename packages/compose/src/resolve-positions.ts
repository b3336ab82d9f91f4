import { type ModelOptions, positionKinds } from "@trivium/model";
import type { Recipe } from "./recipe.ts";
import type { Plugins } from "./resolve.ts";

/** Options of a model in which positions may be of a kind that only a registry knows. */
export type NamedModelOptions = Omit<ModelOptions, "positions"> & Pick<Recipe["model"], "positions">;

/**
 * Puts position schemes in the place of their names. Kinds that the model has itself stay as they are. A scheme keeps its
 * options beside its functions, so that a configuration that is written as JSON still names both.
 *
 * @throws {UnknownPluginError} listing the kinds that there are; what the plugin throws for its options.
 */
export function resolvePositions({ positions, ...config }: NamedModelOptions, registry: Plugins): ModelOptions {
  if (positions === undefined) return config;
  const { kind, ...options } = typeof positions === "string" ? { kind: positions } : positions;
  const isOwn = Object.values(options).some((option) => typeof option === "function");
  if (isOwn || positionKinds.some((known) => known === kind)) {
    return { ...config, positions: positions as ModelOptions["positions"] };
  }
  const scheme = registry.create("positions", kind, options) as object;
  return { ...config, positions: { ...options, ...scheme, kind } };
}
