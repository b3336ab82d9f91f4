import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runOrThrow } from "../run-command.ts";
import type { Manifest, Workspace, WorkspacePackage } from "../workspace.ts";

/** A package as it would be published. */
export interface PackedPackage {
  readonly source: WorkspacePackage;
  /** The absolute path of the tarball. */
  readonly tarball: string;
  /** The `package.json` inside: `workspace:` and `catalog:` replaced by versions. */
  readonly manifest: Manifest;
  /** The files inside, sorted: `dist/index.js`. */
  readonly files: readonly string[];
}

/** Builds every package that is published (turbo caches what did not change) and packs it into `destination`. */
export async function packPackages(workspace: Workspace, destination: string): Promise<PackedPackage[]> {
  const { root, manifest } = workspace;
  const published = workspace.packages.filter((one) => one.manifest.private !== true);
  const filters = published.map(({ name }) => `--filter=${name}`);
  const pnpm = ["npx", "--yes", manifest.packageManager ?? "pnpm"];
  mkdirSync(destination, { recursive: true });
  await runOrThrow([...pnpm, "exec", "turbo", "run", "build", "--output-logs=errors-only", ...filters], { cwd: root });
  await runOrThrow([...pnpm, "-r", ...filters, "pack", "--pack-destination", destination], { cwd: root });
  return Promise.all(published.map((source) => readTarball(source, destination)));
}

async function readTarball(source: WorkspacePackage, destination: string): Promise<PackedPackage> {
  const base = `${source.name.replace("@", "").replace("/", "-")}-${source.manifest.version}.tgz`;
  const tarball = join(destination, base);
  const options = { cwd: destination };
  const list = await runOrThrow(["tar", "-tzf", tarball], options);
  const manifest = await runOrThrow(["tar", "-xzOf", tarball, "package/package.json"], options);
  const files = list
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""))
    .sort();
  return { source, tarball, manifest: JSON.parse(manifest) as Manifest, files };
}
