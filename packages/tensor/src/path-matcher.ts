import { ConfigError, editDistance } from "@trivium/core";

/**
 * Returns a function that tells whether the dotted path of a parameter fits one of several patterns.
 *
 * A pattern describes the whole path. `*` stands for any characters but dots, `**` for any characters, and `{a,b}` for
 * either text.
 *
 * @param paths - the paths that there are. With them, a pattern that fits none of them is refused.
 * @throws {ConfigError} `tensor/pattern` if a pattern is empty, has a lone bracket, or fits none of the paths, with names
 *   that are near.
 * @example pathMatcher(["*.layers.0.**"])("tokens.layers.0.up.weight") // => true
 */
export function pathMatcher(patterns: readonly string[], paths?: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map((pattern) => {
    const expression = expressionOf(pattern);
    if (!paths || paths.some((path) => expression.test(path))) return expression;
    const remedy = `${nearNames(pattern, paths)}; "**.NAME" fits the name at any depth`;
    throw new ConfigError("tensor/pattern", `the pattern "${pattern}" fits no parameter: ${remedy}`);
  });
  return (path) => expressions.some((expression) => expression.test(path));
}

/** Says which paths, and names in them, are a few letters away from a pattern; the first paths if none is. */
function nearNames(pattern: string, paths: readonly string[]): string {
  const wanted = pattern.replaceAll("*", "").replace(/^\.|\.$/g, "");
  const names = [...new Set(paths.flatMap((path) => [path, ...path.split(".")]))];
  const distances = names.map((name) => ({ name, edits: editDistance(wanted, name) }));
  const near = distances
    .filter(({ name, edits }) => edits <= Math.max(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  if (near.length > 0)
    return `near it are ${near
      .slice(0, 3)
      .map(({ name }) => name)
      .join(", ")}`;
  return `the ${paths.length} paths are ${paths.slice(0, 3).join(", ")}${paths.length > 3 ? ", …" : ""}`;
}

const wildcards: Readonly<Record<string, string>> = { "**": ".*", "*": "[^.]*", "{": "(?:", "}": ")", ",": "|" };

function expressionOf(pattern: string): RegExp {
  const isClosed = /^([^{},]|\{[^{}]*\})+$/.test(pattern);
  if (isClosed) return new RegExp(`^${pattern.replaceAll(/\*\*|[^\w-]/g, (text) => wildcards[text] ?? `\\${text}`)}$`);
  const message = `a pattern of parameters is a path with *, ** and {a,b}, got ${JSON.stringify(pattern)}`;
  throw new ConfigError("tensor/pattern", message);
}
