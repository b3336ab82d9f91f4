import { pathMatcher } from "./path-matcher.ts";

/**
 * Returns the paths that patterns select: those that a pattern fits, and those below a path that it fits. So
 * `tokens.layers.0` selects the parameters of that layer, `**.query` those of every map to queries.
 *
 * @param patterns - as `pathMatcher` takes them: `*` for any characters but dots, `**` for any, `{a,b}` for either.
 * @param paths - dotted paths of parameters.
 * @throws {ConfigError} `tensor/pattern` for a pattern that is none or selects nothing, with names that are near.
 * @example [...selectPaths(["embed*"], ["embedding.weight", "head.weight"])] // => ["embedding.weight"]
 */
export function selectPaths(patterns: readonly string[], paths: readonly string[]): Set<string> {
  const fits = pathMatcher(patterns, [...paths, ...new Set(paths.flatMap(pathsAbove))]);
  return new Set(paths.filter((path) => [path, ...pathsAbove(path)].some(fits)));
}

/** The paths of the subtrees that a parameter stands in. */
export function pathsAbove(path: string): string[] {
  const names = path.split(".");
  return names.slice(1).map((_, at) => names.slice(0, at + 1).join("."));
}
