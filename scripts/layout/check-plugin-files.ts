import { basename } from "node:path";
import type { Workspace } from "../workspace.ts";
import { type SourceFile, sourceFiles } from "./source-files.ts";

/**
 * Checks that a plugin lives in the file of its name (`sliding-window.ts` → `"sliding-window"`). A list of plugins
 * (`plugins.ts`) may name functions of other files, and a package may hold the one plugin that it is named for.
 *
 * @returns one line for each violation.
 */
export function checkPluginFiles({ root, packages }: Workspace): string[] {
  const owned = packages
    .filter(({ directory }) => directory.startsWith("packages/"))
    .map((owner) => ({ owner, files: sourceFiles(root, owner).filter(({ test }) => !test) }));
  const kinds = new Set(owned.flatMap(({ files }) => files.flatMap(kindsOf)));
  return owned.flatMap(({ owner, files }) =>
    files.flatMap((file) =>
      pluginsOf(file, kinds)
        .filter((name) => basename(file.path) !== `${name}.ts` && !owner.name.endsWith(`-${name}`))
        .map((name) => `${file.path}: the plugin "${name}" belongs in a file named ${name}.ts`),
    ),
  );
}

function kindsOf({ text }: SourceFile): string[] {
  return [...text.matchAll(/^export const (\w+) = defineKind\b/gm)].map(([, kind]) => kind as string);
}

function pluginsOf({ path, text }: SourceFile, kinds: ReadonlySet<string>): string[] {
  if (basename(path) === "plugins.ts") return [];
  const plugins = text.matchAll(/^export const \w+(?:: [^=]+)? = (\w+)\(\s*"([^"]+)"/gm);
  return [...plugins].filter(([, kind]) => kinds.has(kind as string)).map(([, , name]) => name as string);
}
