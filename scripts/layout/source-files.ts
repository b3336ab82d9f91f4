import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { sourcesOf, type WorkspacePackage } from "../workspace.ts";

/** A TypeScript file of a package. */
export interface SourceFile {
  /** From the root: `packages/masks/src/primitives/causal.ts`. */
  readonly path: string;
  readonly text: string;
  /** Whether it is not published: no entry of the package leads to it. Such a file may use development dependencies. */
  readonly test: boolean;
  /** Whether the main entry of the package leads to it. */
  readonly main: boolean;
}

/** One module specifier in a file. */
export interface ImportedModule {
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
}

const unpublished = /\.(test|test-d|bench|config)\.ts$|\/(recipes|scripts|fixtures)\//;
const ignored = ["node_modules", "dist", "assembly", "generated", ".readme"];

/** The TypeScript files of a package, without what is generated, built or written in AssemblyScript. */
export function sourceFiles(root: string, owner: WorkspacePackage): SourceFile[] {
  const texts = globSync(`${owner.directory}/**/*.ts`, { cwd: root, exclude: (name) => ignored.includes(name) })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => !path.split("/").some((part) => ignored.includes(part)))
    .sort()
    .map((path) => [path, readFileSync(join(root, path), "utf8")] as const);
  const byPath = new Map(texts);
  const { exports = {} } = owner.manifest;
  const entries = Object.values(exports).flatMap(sourcesOf);
  const main = reachable(sourcesOf(exports["."]), owner, byPath);
  // An app has no entries: all but its tests and scripts is what it runs.
  const all = new Set([...byPath.keys()].filter((path) => !unpublished.test(path)));
  const published = entries.length === 0 ? all : reachable(entries, owner, byPath);
  return texts.map(([path, text]) => ({ path, text, test: !published.has(path), main: main.has(path) }));
}

function reachable(entries: readonly string[], { directory }: WorkspacePackage, texts: ReadonlyMap<string, string>) {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    const text = texts.get(path);
    if (text === undefined || reached.has(path)) return;
    reached.add(path);
    for (const { specifier } of importedModules({ text })) {
      if (specifier.startsWith(".")) visit(posix.join(posix.dirname(path), specifier));
    }
  };
  for (const entry of entries) visit(posix.join(directory, entry));
  return reached;
}

/** Every module that the file imports or re-exports, also as types and dynamically. */
export function importedModules({ text }: Pick<SourceFile, "text">): ImportedModule[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName, pos }) => ({
    specifier: fileName,
    line: text.slice(0, pos).split("\n").length,
  }));
}

/** `@trivium/masks/testing` → `["@trivium/masks", "./testing"]`: the package and the key of its `exports`. */
export function splitSpecifier(specifier: string): [name: string, entry: string] {
  const parts = specifier.split("/");
  const length = specifier.startsWith("@") ? 2 : 1;
  const rest = parts.slice(length).join("/");
  return [parts.slice(0, length).join("/"), rest === "" ? "." : `./${rest}`];
}
