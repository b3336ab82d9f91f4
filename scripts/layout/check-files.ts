import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Workspace, WorkspacePackage } from "../workspace.ts";
import { importedModules, sourceFiles } from "./source-files.ts";

const readmeLines = 80;

/**
 * Checks what each package must have: its name, licence, engines and files, a README of at most 80 lines, kebab-case
 * file names, plugins in the file of their name, and honest `sideEffects`.
 *
 * @returns one line for each violation.
 */
export function checkFiles(workspace: Workspace): string[] {
  return workspace.packages.flatMap((one) => [
    ...checkManifest(one),
    ...(one.manifest.private === true ? [] : checkReadme(workspace.root, one)),
    ...checkSources(workspace, one),
  ]);
}

function checkManifest({ directory, manifest }: WorkspacePackage): string[] {
  const expected: [field: string, got: unknown, ok: boolean, want: string][] = [
    ["license", manifest.license, manifest.license === "MIT", `"MIT"`],
    ["type", manifest.type, manifest.type === "module", `"module"`],
  ];
  if (manifest.private !== true) {
    const folder = basename(directory);
    // The umbrella alone has no scope.
    const name = folder === "trivium" ? folder : `@trivium/${folder}`;
    expected.push(
      ["engines.node", manifest.engines?.node, manifest.engines?.node === ">=22", `">=22"`],
      ["name", manifest.name, manifest.name === name, `"${name}"`],
      ["description", manifest.description, Boolean(manifest.description), "one sentence"],
      ["files", manifest.files, manifest.files?.[0] === "dist", `["dist"]`],
      ["sideEffects", manifest.sideEffects, manifest.sideEffects !== undefined, "false, or the files that have some"],
    );
  }
  return expected
    .filter(([, , ok]) => !ok)
    .map(([field, got, , want]) => `${directory}/package.json: ${field} must be ${want}, got ${JSON.stringify(got)}`);
}

function checkReadme(root: string, { directory, name }: WorkspacePackage): string[] {
  const file = join(root, directory, "README.md");
  if (!existsSync(file)) return [`${directory}/README.md: is missing`];
  const text = readFileSync(file, "utf8");
  const lines = text.trimEnd().split("\n").length;
  return [
    ...(lines > readmeLines ? [`${directory}/README.md: has ${lines} lines, at most ${readmeLines}`] : []),
    ...(text.startsWith(`# ${name}\n`) ? [] : [`${directory}/README.md: must begin with "# ${name}"`]),
  ];
}

function checkSources({ root }: Workspace, owner: WorkspacePackage): string[] {
  return sourceFiles(root, owner).flatMap((file) => {
    const name = basename(file.path).replace(/\.(long\.test|test|test-d|bench|config)?\.?(d\.)?ts$/, "");
    const violations = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? [] : [`${file.path}: the file name must be kebab-case`];
    if (file.test || !file.path.startsWith(`${owner.directory}/src/`)) return violations;
    if (owner.manifest.sideEffects === false && owner.manifest.private !== true) {
      const sideEffect = importedModules(file).find(({ specifier }) => hasBareImport(file.text, specifier));
      if (sideEffect) {
        violations.push(
          `${file.path}:${sideEffect.line}: imports ${sideEffect.specifier} for its side effects, ` +
            `but ${owner.directory}/package.json says sideEffects: false`,
        );
      }
    }
    return violations;
  });
}

function hasBareImport(text: string, specifier: string): boolean {
  const escaped = specifier.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return new RegExp(`^import\\s*["']${escaped}["']`, "m").test(text);
}
