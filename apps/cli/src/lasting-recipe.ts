import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Named, Recipe } from "@trivium/compose";
import { resolvePlugin } from "./load-registry.ts";

/**
 * The recipe in a form that means the same from every folder: paths of files and plugins are absolute.
 *
 * @param base - the name of the model that the recipe goes on from, which has the commit of a model of the hub.
 */
export function lastingRecipe<Given extends Pick<Recipe, "data" | "schedule" | "plugins" | "from">>(
  recipe: Given,
  base?: string,
): Given {
  const { data, schedule, plugins, from } = recipe;
  const origin = from !== undefined && existsSync(from) ? resolve(from) : (base ?? from);
  return {
    ...recipe,
    data: data && lastingFile(data),
    schedule: lastingFile(schedule),
    plugins: plugins.map(resolvePlugin),
    from: origin,
  };
}

function lastingFile(named: Named): Named {
  const path = named.name === "file" ? named.options?.path : undefined;
  return typeof path === "string" ? { name: "file", options: { ...named.options, path: resolve(path) } } : named;
}
