import * as fileSystem from "node:fs";
import * as files from "node:fs/promises";
import { createRequire } from "node:module";
import * as paths from "node:path";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { sourcesOf, type Workspace, type WorkspacePackage } from "../workspace.ts";
import { type FreeName, freeNames } from "./docstring-examples.ts";
import { readerNames, readerNamesOf } from "./reader-names.ts";

type Values = Readonly<Record<string, unknown>>;

/** What the generated files of examples take the names from that they do not declare. */
export const taken: Record<string, unknown>[] = [];

const ofNode: readonly Values[] = [{ ...files }, { ...fileSystem }, { ...paths }];

const valuesOf = (modules: readonly Values[], name: string) =>
  modules.map((one) => one[name]).filter((value) => value !== undefined);

/** The first of the modules' values of that name which is a function, if the name is called, or is none, if not. */
function find(modules: readonly Values[], { name, called }: FreeName): unknown {
  return valuesOf(modules, name).find((value) => (typeof value === "function") === called);
}

/** Makes headers for the examples of a workspace: the declarations of what they use and do not declare. */
export class DocstringScope {
  private readonly workspace: Workspace;
  private everything: Promise<Values[][]> | undefined;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  /** The header of an example of `file`, and the names that stand for nothing. */
  async header(file: string, code: string): Promise<{ header: string; missing: string[] }> {
    const owner = this.workspace.packages.find(({ directory }) => file.startsWith(`${directory}/`));
    if (!owner) throw new Error(`${file} is of no package`);
    const own = [await this.load(file), ...(await this.modulesOf(owner))];
    this.everything ??= Promise.all(this.workspace.packages.map((one) => this.modulesOf(one)));
    const all = (await this.everything).flat();
    const readers = { ...readerNames, ...readerNamesOf[file] };
    const values: Record<string, unknown> = {};
    const declarations = new Map<string, string>();
    const missing: string[] = [];
    const declare = (free: FreeName, modules: readonly Values[]): void => {
      const { name } = free;
      if (name in values || declarations.has(name)) return;
      const written = readers[name];
      const value = Object.hasOwn(readerNamesOf[file] ?? {}, name) ? undefined : find(modules, free);
      if (value === undefined && written !== undefined) {
        for (const further of freeNames(`(${written})`)) declare(further, all);
        declarations.set(name, `const ${name} = ${written};`);
        return;
      }
      const found = value ?? find(all, free) ?? valuesOf(modules, name)[0];
      if (found !== undefined) values[name] = found;
      else if (!(name in globalThis)) missing.push(name);
    };
    for (const free of freeNames(code)) declare(free, own);
    const from = `import { taken as __taken } from ${JSON.stringify(import.meta.url)};`;
    const names = `const { ${Object.keys(values).join(", ")} } = __taken[${taken.push(values) - 1}];`;
    return { header: [from, names, ...declarations.values()].join(" "), missing };
  }

  /** The entries of a package and of those that it depends on, or that its development does; and Node's. */
  private async modulesOf({ manifest, directory }: WorkspacePackage): Promise<Values[]> {
    const { dependencies, devDependencies } = manifest;
    const named = Object.keys({ ...dependencies, "@trivium/tensor": "", ...devDependencies });
    const used = named.flatMap((name) => this.workspace.packages.filter((one) => one.name === name));
    const entries = [{ manifest, directory }, ...used].flatMap((one) =>
      [".", "./node"].flatMap((entry) =>
        sourcesOf(one.manifest.exports?.[entry]).map((source) => join(one.directory, source)),
      ),
    );
    const { resolve } = createRequire(join(this.workspace.root, directory, "package.json"));
    const zod = named.includes("zod") ? [{ z: (await import(resolve("zod").replace(/\.cjs$/, ".js"))).z }] : [];
    return [...(await Promise.all(entries.map((path) => this.load(path)))), ...zod, ...ofNode];
  }

  private load(path: string): Promise<Values> {
    return import(pathToFileURL(join(this.workspace.root, path)).href);
  }
}
