/**
 * Counts the lines of code in `packages` and `apps`: lines that hold a token, so neither blanks nor comments. Tests,
 * recipes, `testing` folders and entries, generated files and example 06 are left out.
 *
 * `node scripts/count-code.ts [FOLDER]` prints a line for each package and the sum.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const root = process.argv[2] ?? join(import.meta.dirname, "..");
const leftOut =
  /node_modules|(^|\/)(dist|generated|testing|recipes)\/|\.test(-d)?\.ts$|\.d\.ts$|(^|\/)testing[^/]*\.ts$|^apps\/examples\/06-/u;

const files = globSync("{packages,apps}/**/*.{ts,tsx}", { cwd: root, exclude: (path) => path.includes("node_modules") })
  .filter((path) => !leftOut.test(path))
  .sort();
const lines = new Map<string, number>();
for (const path of files) {
  const owner = path.split("/").slice(0, 2).join("/");
  lines.set(owner, (lines.get(owner) ?? 0) + codeLines(path, readFileSync(join(root, path), "utf8")));
}
for (const [owner, count] of lines) console.log(`${String(count).padStart(6)} ${owner}`);
console.log(`${String([...lines.values()].reduce((sum, count) => sum + count, 0)).padStart(6)} in all`);

function codeLines(path: string, text: string): number {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const found = new Set<number>();
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(source).filter((child) => !ts.isJSDoc(child));
    for (const child of children) visit(child);
    if (children.length > 0 || node.getEnd() === node.getStart(source)) return;
    const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
    for (let line = lineOf(node.getStart(source)); line <= lineOf(node.getEnd()); line++) found.add(line);
  };
  visit(source);
  return found.size;
}
