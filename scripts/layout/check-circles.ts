import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { Workspace } from "../workspace.ts";
import { findCircles } from "./find-circles.ts";
import { importedModules } from "./source-files.ts";

const ignored = ["node_modules", "dist"];

/**
 * Checks that no file imports itself by way of others, as types or when it runs: what a file stands on can then be read
 * before it.
 *
 * @returns one line for each circle.
 */
export function checkCircles({ root, packages }: Workspace): string[] {
  return packages.flatMap(({ directory }) => {
    const found = globSync(`${directory}/**/*.{ts,tsx}`, { cwd: root, exclude: (name) => ignored.includes(name) });
    const paths = new Set(found.map((path) => path.replaceAll("\\", "/")));
    const importsOf = (path: string): string[] =>
      importedModules({ text: readFileSync(join(root, path), "utf8") }).flatMap(({ specifier }) => {
        const target = posix.join(posix.dirname(path), specifier);
        // AssemblyScript leaves out the extension.
        return specifier.startsWith(".") ? [target, `${target}.ts`].filter((one) => paths.has(one)) : [];
      });
    return findCircles([...paths].sort(), importsOf).map(
      (circle) =>
        `files import each other in a circle: ${circle.join(" → ")}; move what both need to a file below them`,
    );
  });
}
