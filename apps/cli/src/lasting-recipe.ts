import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Named, Recipe } from "@trivium/compose";
import { resolvePlugin } from "./load-registry.ts";

/**
 * The recipe in a form that means the same from every folder: paths of files and plugins are absolute.
 *
 * @param base - the name of the model that the recipe goes on from, which has the commit of a model of the hub.
 */
export function lastingRecipe<Given extends Pick<Recipe, "data" | "tokenizer" | "schedule" | "plugins" | "from">>(
  recipe: Given,
  base?: string,
): Given {
  const { data, tokenizer, schedule, plugins, from } = recipe;
  const origin = from !== undefined && existsSync(from) ? resolve(from) : (base ?? from);
  return {
    ...recipe,
    data: data && lastingFile(data),
    tokenizer: tokenizer && lastingTokenizer(tokenizer),
    schedule: lastingFile(schedule),
    plugins: plugins.map(resolvePlugin),
    from: origin,
  };
}

function lastingTokenizer(tokenizer: NonNullable<Recipe["tokenizer"]>): Recipe["tokenizer"] {
  if ("name" in tokenizer) return lastingFile(tokenizer);
  const { source, target } = tokenizer;
  return { source: source && lastingFile(source), target: target && lastingFile(target) };
}

function lastingFile(named: Named): Named {
  const isOfFiles = named.name === "file" || named.name === "corpus";
  return isOfFiles && named.options ? { ...named, options: withAbsolutePaths(named.options) } : named;
}

type Options = NonNullable<Named["options"]>;

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
