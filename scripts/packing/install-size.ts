import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";

/** A package that an installation has. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Its files compressed together, about the bytes that are downloaded. */
  readonly packedBytes: number;
}

interface InstalledManifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * Returns every package that is installed with one: itself, what it depends on, and peers that are not optional.
 *
 * @param project - the folder of a project that has installed it.
 */
export function installedWith(project: string, name: string): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const open = [folderOf(project, name) ?? missing(project, name)];
  for (const folder of open) {
    if (found.has(folder)) continue;
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as InstalledManifest;
    found.set(folder, { name: manifest.name, version: manifest.version, packedBytes: packedBytes(folder) });
    const { dependencies, optionalDependencies = {}, peerDependencies, peerDependenciesMeta = {} } = manifest;
    for (const other of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const at = folderOf(folder, other);
      const mayLack = other in optionalDependencies || peerDependenciesMeta[other]?.optional === true;
      // Peers that nobody asks for may be there for others.
      if (at && !(peerDependenciesMeta[other]?.optional === true)) open.push(at);
      else if (!at && !mayLack) missing(folder, other);
    }
  }
  return [...found.values()].toSorted((one, two) => two.packedBytes - one.packedBytes);
}

const missing = (from: string, name: string): never => {
  throw new Error(`${name} is not installed for ${from}`);
};

/** The folder of a package that a file of another folder would import. */
function folderOf(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (dirname(folder) === folder) return undefined;
  }
}

/** Read file by file: `tar` refuses files that another installation links meanwhile. */
function packedBytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => !relative(folder, file).startsWith(`node_modules${sep}`));
  return gzipSync(Buffer.concat(files.map((file) => readFileSync(file)))).length;
}
