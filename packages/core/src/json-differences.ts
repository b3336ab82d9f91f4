/** A place at which two JSON values differ, with both sides as JSON cut to 60 characters. */
export interface JsonDifference {
  /** Names and indices joined by dots: `model.layers`. The path of the whole value is `.`. */
  readonly path: string;
  readonly was: string;
  readonly is: string;
}

const SHORT = 60;

/**
 * Returns the places at which two JSON values differ. The order of keys does not matter, and a field that is undefined
 * counts as absent.
 *
 * @example jsonDifferences({ a: 1, b: [2] }, { b: [3], a: 1 }) // => [{ path: "b.0", was: "2", is: "3" }]
 */
export function jsonDifferences(was: unknown, is: unknown, path: readonly string[] = []): JsonDifference[] {
  if (isNested(was) && isNested(is) && Array.isArray(was) === Array.isArray(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    return keys.flatMap((key) => jsonDifferences(member(was, key), member(is, key), [...path, key]));
  }
  if (Object.is(was, is)) return [];
  return [{ path: path.join(".") || ".", was: print(was), is: print(is) }];
}

const isNested = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const member = (value: Record<string, unknown>, key: string) => (Object.hasOwn(value, key) ? value[key] : undefined);

function print(value: unknown): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
}
