/**
 * `name was X, is Y` for each leaf in which two JSON values differ; a field that is undefined counts as absent.
 *
 * @example differencesOf({ a: { b: 1 } }, { a: { b: 2 } }) // => ["a.b was 1, is 2"]
 */
export function differencesOf(was: unknown, is: unknown, path = ""): string[] {
  if (isRecord(was) && isRecord(is)) {
    const names = new Set([...Object.keys(was), ...Object.keys(is)]);
    return [...names].flatMap((name) => differencesOf(was[name], is[name], path ? `${path}.${name}` : name));
  }
  const [before, now] = [JSON.stringify(was), JSON.stringify(is)];
  return before === now ? [] : [`${path} was ${before ?? "absent"}, is ${now ?? "absent"}`];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
