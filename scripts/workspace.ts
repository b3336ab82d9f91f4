import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The part of a `package.json` that the scripts look at. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly packageManager?: string;
  readonly sideEffects?: boolean | readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, ExportTarget>>;
  readonly publishConfig?: { readonly exports?: Readonly<Record<string, ExportTarget>> };
  readonly files?: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A target of `exports`: a path, or conditions that lead to one. */
export type ExportTarget = string | { readonly [condition: string]: ExportTarget };

/** A package or an app of the workspace. */
export interface WorkspacePackage {
  /** `@trivium/masks`. */
  readonly name: string;
  /** From the root, with forward slashes: `packages/masks`. */
  readonly directory: string;
  readonly manifest: Manifest;
  /** The tags of its `turbo.json`. */
  readonly tags: readonly string[];
}

/** The monorepo as the scripts see it. */
export interface Workspace {
  readonly root: string;
  readonly manifest: Manifest;
  readonly packages: readonly WorkspacePackage[];
  /** For each tag, the tags that it may depend on. */
  readonly arrows: Readonly<Record<string, readonly string[]>>;
}

/** The condition of `exports` that leads to the source, and that is not published. */
export const SOURCE_CONDITION = "@trivium/source";

/** The folder that holds this script's repository. */
export const repositoryRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Reads the workspace under `root`; a folder without a `package.json` is not a package (yet). */
export function readWorkspace(root: string = repositoryRoot): Workspace {
  const turbo = readJson(join(root, "turbo.json")) as TurboConfig;
  const tags = Object.entries(turbo.boundaries?.tags ?? {});
  return {
    root,
    manifest: readJson(join(root, "package.json")) as Manifest,
    packages: packageDirectories(root).map((directory) => readPackage(root, directory)),
    arrows: Object.fromEntries(tags.map(([tag, rule]) => [tag, rule.dependencies?.allow ?? []])),
  };
}

interface TurboConfig {
  readonly tags?: readonly string[];
  readonly boundaries?: { readonly tags?: Record<string, { readonly dependencies?: { readonly allow?: string[] } }> };
}

function packageDirectories(root: string): string[] {
  const patterns = ["packages/*/package.json", "apps/*/package.json", "apps/examples/*/package.json"];
  return globSync(patterns, { cwd: root })
    .map((path) => dirname(path).replaceAll("\\", "/"))
    .sort();
}

function readPackage(root: string, directory: string): WorkspacePackage {
  const manifest = readJson(join(root, directory, "package.json")) as Manifest;
  const turboFile = join(root, directory, "turbo.json");
  const turbo = existsSync(turboFile) ? (readJson(turboFile) as TurboConfig) : {};
  return { name: manifest.name, directory, manifest, tags: turbo.tags ?? [] };
}

/** Reads a JSON file; a syntax error names the file. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Error(`${file} cannot be read as JSON: ${(cause as Error).message}`, { cause });
  }
}

/** The source files of a target: one, or one for each platform (`browser`, `node`). */
export function sourcesOf(target: ExportTarget | undefined): string[] {
  if (target === undefined || typeof target === "string") return [];
  const source = target[SOURCE_CONDITION];
  return typeof source === "string" ? [source] : leaves(source);
}

function leaves(target: ExportTarget | undefined): string[] {
  if (target === undefined) return [];
  return typeof target === "string" ? [target] : Object.values(target).flatMap(leaves);
}
