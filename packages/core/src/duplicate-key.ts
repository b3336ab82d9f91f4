/**
 * A key that some object in `json` has twice, which `JSON.parse` would let pass, keeping the last.
 *
 * @param json - text that `JSON.parse` accepts.
 * @example duplicateKey('{"a": 1, "b": {"a": 2, "a": 3}}') // => "a"
 */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  let [start, end] = [0, 0];
  for (let at = 0; at < json.length; at++) {
    const letter = json[at];
    if (letter === '"') [start, end, at] = spanOfString(json, at);
    else if (letter === "{" || letter === "[") open.push(new Set());
    else if (letter === "}" || letter === "]") open.pop();
    else if (letter === ":") {
      const spelled = json.slice(start, end + 1);
      const key = spelled.includes("\\") ? (JSON.parse(spelled) as string) : spelled.slice(1, -1);
      const keys = open.at(-1) as Set<string>;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/** The places of the quotes around a string, and the last one once more, from where the scan goes on. */
function spanOfString(json: string, start: number): [start: number, end: number, at: number] {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    if (end < 0) return [start, json.length, json.length];
    let before = end - 1;
    while (json[before] === "\\") before--;
    if ((end - before) % 2 === 1) return [start, end, end];
  }
}
