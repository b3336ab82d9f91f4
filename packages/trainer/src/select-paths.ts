import { ConfigError, editDistance } from "@trivium/core";

/** Number of near names in a message. */
const NEAR = 3;

/**
 * Returns the paths that patterns name. A pattern is one or several names that follow each other anywhere in a path:
 * `layers.0` names every parameter of the first layers, and `query` those of every map to queries. A `*` stands for any
 * characters, dots among them.
 *
 * @param paths - dotted paths of parameters.
 * @param place - the option that holds the patterns, for messages.
 * @throws {ConfigError} `trainer/pattern` for a pattern that names nothing, with names that are near.
 * @example selectPaths(["embed*"], ["embedding.weight", "head.weight"], "freeze") // => Set { "embedding.weight" }
 */
export function selectPaths(patterns: readonly string[], paths: readonly string[], place: string): Set<string> {
  const selected = new Set<string>();
  for (const pattern of patterns) {
    const expression = new RegExp(`(^|\\.)${pattern.split("*").map(escaped).join(".*")}(\\.|$)`);
    const named = paths.filter((path) => expression.test(path));
    if (named.length === 0) throw noMatch(pattern, paths, place);
    for (const path of named) selected.add(path);
  }
  return selected;
}

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

function noMatch(pattern: string, paths: readonly string[], place: string): ConfigError {
  const wanted = pattern.replaceAll("*", "").replace(/^\.|\.$/g, "");
  const names = new Set(paths.flatMap((path) => [...path.split("."), ...pathsAbove(path), path]));
  const distances = [...names].map((name) => ({ name, edits: editDistance(wanted, name) }));
  const near = distances
    .filter(({ name, edits }) => edits <= Math.max(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, NEAR);
  const first = [...new Set(paths.map((path) => path.split(".")[0] as string))];
  const known =
    near.length > 0 ? `near it are ${near.map(({ name }) => name).join(", ")}` : `paths begin with ${first.join(", ")}`;
  return new ConfigError(
    "trainer/pattern",
    `${place}: no parameter has a path like ${JSON.stringify(pattern)}; ${known}`,
  );
}

/** The paths of the subtrees that a parameter stands in. */
const pathsAbove = (path: string): string[] => {
  const names = path.split(".");
  return names.slice(1).map((_, at) => names.slice(0, at + 1).join("."));
};
