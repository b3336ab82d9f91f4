import { resolve } from "node:path";
import type { Recipe } from "@trivium/compose";
import { resolvePlugin } from "./load-registry.ts";

/** The recipe in a form that means the same from every folder: paths of files and plugins are absolute. */
export function lastingRecipe<Given extends Pick<Recipe, "data" | "plugins">>(recipe: Given): Given {
  const { data, plugins } = recipe;
  const isOfFiles = data?.name === "file" || data?.name === "corpus";
  const lasting = isOfFiles && data.options ? { ...data, options: withAbsolutePaths(data.options) } : data;
  return { ...recipe, data: lasting, plugins: plugins.map(resolvePlugin) };
}

type Options = NonNullable<NonNullable<Recipe["data"]>["options"]>;

/** Options of files, with the paths of each source. */
function withAbsolutePaths({ path, sources, ...options }: Options): Options {
  const absolute = (one: Options[string] | undefined) => {
    if (Array.isArray(one)) return one.map((each) => (typeof each === "string" ? resolve(each) : each));
    return typeof one === "string" ? resolve(one) : one;
  };
  const isSource = (source: unknown): source is Options => typeof source === "object" && source !== null;
  const ofSources = Array.isArray(sources)
    ? sources.map((source) => (isSource(source) ? withAbsolutePaths(source) : source))
    : sources;
  const named = Object.entries({ path: absolute(path), sources: ofSources });
  return { ...Object.fromEntries(named.filter(([, value]) => value !== undefined)), ...options } as Options;
}
