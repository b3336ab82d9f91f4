import { basename } from "node:path";
import type { Workspace } from "../workspace.ts";
import { type SourceFile, sourceFiles } from "./source-files.ts";

/**
 * Checks that a plugin lives in the file of its name: `sliding-window.ts` or `sliding-window-mask.ts` for the mask
 * `"sliding-window"`. A list of plugins (`plugins.ts`) may name functions of other files, and a package may hold the
 * one plugin that it is named for.
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
        .filter(({ kind, name }) => {
          const allowed = [`${name}.ts`, `${name}-${kind}.ts`];
          return !allowed.includes(basename(file.path)) && !owner.name.endsWith(`-${name}`);
        })
        .map(({ name }) => `${file.path}: the plugin "${name}" belongs in a file named ${name}.ts`),
    ),
  );
}

function kindsOf({ text }: SourceFile): string[] {
  return [...text.matchAll(/^export const (\w+) = defineKind\b/gm)].map(([, kind]) => kind as string);
}

function pluginsOf({ path, text }: SourceFile, kinds: ReadonlySet<string>): { kind: string; name: string }[] {
  if (/(^|-)plugins\.ts$/.test(basename(path))) return [];
  return [...text.matchAll(/^export const \w+(?:: [^=]+)? = (\w+)\(\s*"([^"]+)"/gm)]
    .map(([, kind = "", name = ""]) => ({ kind, name }))
    .filter(({ kind }) => kinds.has(kind));
}
