import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Recipe } from "@trivium/compose";
import { resolvePlugin } from "./load-registry.ts";

/**
 * The recipe in a form that means the same from every folder: paths of files and plugins are absolute.
 *
 * @param base - the name of the model that the recipe goes on from, which has the commit of a model of the hub.
 */
export function lastingRecipe<Given extends Pick<Recipe, "data" | "plugins" | "from">>(
  recipe: Given,
  base?: string,
): Given {
  const { data, plugins, from } = recipe;
  const path = data?.name === "file" ? data.options?.path : undefined;
  const lasting =
    typeof path === "string" ? { name: "file", options: { ...data?.options, path: resolve(path) } } : data;
  const origin = from !== undefined && existsSync(from) ? resolve(from) : (base ?? from);
  return { ...recipe, data: lasting, plugins: plugins.map(resolvePlugin), from: origin };
}
