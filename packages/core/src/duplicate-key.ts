/**
 * A key that some object in `json` has twice, which `JSON.parse` would let pass, keeping the last.
 *
 * @param json - text that `JSON.parse` accepts.
 * @example duplicateKey('{"a": 1, "b": {"a": 2, "a": 3}}') // => "a"
 */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  let text = "";
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token !== ":") text = token;
    else {
      const [keys, key] = [open.at(-1) as Set<string>, JSON.parse(text) as string];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
