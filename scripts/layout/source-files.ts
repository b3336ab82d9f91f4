import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { sourcesOf, type WorkspacePackage } from "../workspace.ts";

/** A TypeScript file of a package. */
export interface SourceFile {
  /** From the root: `packages/masks/src/causal.ts`. */
  readonly path: string;
  readonly text: string;
  /** Whether it is not published: no entry of the package leads to it. Such a file may use development dependencies. */
  readonly test: boolean;
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
  const published = publishedPaths(owner, new Map(texts));
  return texts.map(([path, text]) => ({ path, text, test: !published.has(path) }));
}

/** The files that the entries of a package lead to; all but tests and scripts in an app, which has no entries. */
function publishedPaths({ directory, manifest }: WorkspacePackage, texts: ReadonlyMap<string, string>) {
  const entries = Object.values(manifest.exports ?? {}).flatMap(sourcesOf);
  if (entries.length === 0) return new Set([...texts.keys()].filter((path) => !unpublished.test(path)));
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
