import { isBuiltin } from "node:module";
import { posix } from "node:path";
import type { Manifest, Workspace, WorkspacePackage } from "../workspace.ts";
import { type ImportedModule, importedModules, type SourceFile, sourceFiles, splitSpecifier } from "./source-files.ts";

/** Packages whose main entry reads files, besides backends and apps. */
const ioPackages = ["@trivium/presets", "@trivium/tasks"];

/**
 * Checks every import of every source file: declared in the package's manifest, along the arrows, inside the package
 * if relative; tfjs-core only behind its door; Node's modules only where I/O is the purpose.
 *
 * @returns one line for each violation.
 */
export function checkImports(workspace: Workspace): string[] {
  const byName = new Map(workspace.packages.map((one) => [one.name, one]));
  return workspace.packages.flatMap((owner) =>
    sourceFiles(workspace.root, owner).flatMap((file) =>
      importedModules(file).flatMap((module) => {
        const message = checkImport(module, file, owner, { ...workspace, byName });
        return message ? [`${file.path}:${module.line}: ${message}`] : [];
      }),
    ),
  );
}

interface Context extends Workspace {
  readonly byName: ReadonlyMap<string, WorkspacePackage>;
}

function checkImport({ specifier }: ImportedModule, file: SourceFile, owner: WorkspacePackage, context: Context) {
  if (specifier.startsWith(".")) return checkRelative(specifier, file, owner);
  if (isBuiltin(specifier)) return checkBuiltin(specifier, file, owner);
  const [name, entry] = splitSpecifier(specifier);
  if (/^@tensorflow\/tfjs(-core)?$/.test(name) && !mayUseTfjs(owner, file)) {
    return `imports ${name}; only packages/tensor and the backends may: import from "@trivium/tensor"`;
  }
  if (name !== owner.name && !declared(owner.manifest, context.manifest, file).has(name)) {
    return `imports ${name}, which ${owner.directory}/package.json does not declare`;
  }
  if (entry === "./node" && name.startsWith("@trivium/")) {
    const impure = checkPure(specifier, file, owner);
    if (impure) return impure;
  }
  const target = context.byName.get(name);
  return target && target !== owner ? checkWorkspaceImport(entry, target, file, owner, context) : undefined;
}

function checkRelative(specifier: string, { path }: SourceFile, { directory }: WorkspacePackage) {
  const target = posix.join(posix.dirname(path), specifier);
  if (!target.startsWith(`${directory}/`)) return `imports ${specifier}, which is outside of ${directory}`;
  return /\.(ts|json)$/.test(specifier) ? undefined : `imports ${specifier} without its extension .ts`;
}

function checkBuiltin(specifier: string, file: SourceFile, owner: WorkspacePackage) {
  if (!specifier.startsWith("node:")) return `imports ${specifier}; write node:${specifier}`;
  return checkPure(specifier, file, owner);
}

function checkPure(specifier: string, { main }: SourceFile, { name, tags }: WorkspacePackage) {
  if (!main || ioPackages.includes(name) || tags.includes("backend") || tags.includes("app")) return undefined;
  return `imports ${specifier}, but the main entry of ${name} is pure: I/O needs an entry of its own`;
}

const mayUseTfjs = ({ name, tags, directory }: WorkspacePackage, { test }: SourceFile) =>
  name === "@trivium/tensor" ||
  tags.includes("backend") ||
  directory.startsWith("apps/examples/") ||
  (test && directory.startsWith("apps/"));

function declared(manifest: Manifest, root: Manifest, { test }: SourceFile): Set<string> {
  const published = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies };
  const all = test ? { ...published, ...manifest.devDependencies, ...root.devDependencies } : published;
  return new Set(Object.keys(all));
}

function checkWorkspaceImport(
  entry: string,
  target: WorkspacePackage,
  { test }: SourceFile,
  { tags: [tag = ""], name }: WorkspacePackage,
  { arrows }: Context,
) {
  if (!(entry in (target.manifest.exports ?? {}))) return `imports ${entry} of ${target.name}, which has no such entry`;
  const [targetTag = ""] = target.tags;
  if (test && (entry === "./testing" || tag !== "architecture" || targetTag !== "architecture")) return undefined;
  if (arrows[tag]?.includes(targetTag)) return undefined;
  return `${name} (${tag}) imports ${target.name} (${targetTag}); ${tag} may import: ${arrows[tag]?.join(", ")}`;
}
