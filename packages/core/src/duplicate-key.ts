/**
 * A key that some object in `json` has twice, which `JSON.parse` would let pass, keeping the last.
 *
 * @param json - text that `JSON.parse` accepts.
 * @example duplicateKey('{"a": 1, "b": {"a": 2, "a": 3}}') // => "a"
 */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  let [text, start] = ["", -1];
  // Character by character within strings: one expression for a whole string would overflow where that is long.
  for (const { 0: token, index } of json.matchAll(/\\.|["{}[\]:]/g)) {
    if (start >= 0 && token !== '"') continue;
    if (token === '"') {
      if (start >= 0) text = json.slice(start, index + 1);
      start = start >= 0 ? -1 : index;
    } else if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else {
      const [keys, key] = [open.at(-1) as Set<string>, JSON.parse(text) as string];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
