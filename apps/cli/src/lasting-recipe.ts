import { resolve } from "node:path";
import type { Named, Recipe } from "@trivium/compose";
import { resolvePlugin } from "./load-registry.ts";

/** The recipe in a form that means the same from every folder: paths of files and plugins are absolute. */
export function lastingRecipe<Given extends Pick<Recipe, "data" | "schedule" | "plugins">>(recipe: Given): Given {
  const { data, schedule, plugins } = recipe;
  return {
    ...recipe,
    data: data && lastingFile(data),
    schedule: lastingFile(schedule),
    plugins: plugins.map(resolvePlugin),
  };
}

function lastingFile(named: Named): Named {
  const path = named.name === "file" ? named.options?.path : undefined;
  return typeof path === "string" ? { name: "file", options: { ...named.options, path: resolve(path) } } : named;
}
