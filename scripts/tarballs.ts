/** Packs packages, each with those that it needs, for programs elsewhere: `node scripts/tarballs.ts FOLDER NAME…`. */
import { resolve } from "node:path";
import { packPackages } from "./packing/pack-packages.ts";
import { readWorkspace, type Workspace } from "./workspace.ts";

/** The packages of these names and, transitively, every package of the workspace that they depend on. */
export function withSiblings(workspace: Workspace, names: readonly string[]): Workspace["packages"] {
  const wanted = new Set(names);
  for (const name of wanted) {
    const one = workspace.packages.find((known) => known.name === name);
    if (!one)
      throw new Error(
        `there is no package ${name}; take one of ${workspace.packages.map((known) => known.name).join(", ")}`,
      );
    const needed = { ...one.manifest.dependencies, ...one.manifest.peerDependencies };
    for (const [other, version] of Object.entries(needed)) if (version.startsWith("workspace:")) wanted.add(other);
  }
  return workspace.packages.filter(({ name }) => wanted.has(name));
}

if (import.meta.main) {
  const [folder, ...names] = process.argv.slice(2);
  if (folder === undefined || names.length === 0) throw new Error("usage: pnpm tarballs FOLDER NAME…");
  const workspace = readWorkspace();
  const packed = await packPackages({ ...workspace, packages: withSiblings(workspace, names) }, resolve(folder));
  for (const { tarball } of packed) console.log(tarball);
}
