import type { Edit } from "./blueprint.ts";

const importStatement = /^import\b[^;]*;\n/gm;
const reexportStatement = /^export (?:type )?\{[^}]*\} from "[^"]+";\n/gm;

/** Adds an import after the others. */
export const addImport = (file: string, line: string): Edit => ({
  file,
  place: "its imports",
  apply: (text) => insertAfterLast(text, importStatement, line),
});

/** Adds a re-export after the others; Biome sorts them. */
export const addExport = (file: string, line: string): Edit => ({
  file,
  place: `a line like export { … } from "…"`,
  apply: (text) => insertAfterLast(text, reexportStatement, line),
});

/** Adds an entry at the end of an exported array: `export const plugins = [ … ] as const`. */
export const addEntry = (file: string, array: string, entry: string): Edit => ({
  file,
  place: `export const ${array} = [ … ]`,
  apply(text) {
    const start = new RegExp(`^export const ${array}\\b[^=]*= \\[`, "m").exec(text);
    const end = start && closingBracket(text, start.index + start[0].length);
    if (!end) return undefined;
    const before = text.slice(0, end).trimEnd();
    const comma = before.endsWith(",") || before.endsWith("[") ? "" : ",";
    return `${before}${comma}\n  ${entry},\n${text.slice(end)}`;
  },
});

/** Adds a dependency on a workspace package to a `package.json`. */
export const addDependency = (file: string, name: string): Edit => ({
  file,
  place: `"dependencies"`,
  apply(text) {
    const manifest = JSON.parse(text) as { dependencies?: Record<string, string> };
    if (!manifest.dependencies) return undefined;
    manifest.dependencies[name] = "workspace:*";
    return `${JSON.stringify(manifest, null, 2)}\n`;
  },
});

function insertAfterLast(text: string, statement: RegExp, line: string): string | undefined {
  const last = [...text.matchAll(statement)].at(-1);
  if (!last) return undefined;
  const end = last.index + last[0].length;
  return `${text.slice(0, end)}${line}\n${text.slice(end)}`;
}

/** Where the bracket that is open at `from` closes; brackets in strings do not count. */
function closingBracket(text: string, from: number): number | undefined {
  let depth = 1;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|[[\]]/g)) {
    if (index < from) continue;
    if (token === "[") depth++;
    if (token === "]") depth--;
    if (depth === 0) return index;
  }
  return undefined;
}
