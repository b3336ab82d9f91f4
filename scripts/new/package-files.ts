/** What a package needs besides its source. */
export interface PackageDescription {
  readonly name: string;
  readonly directory: string;
  readonly tag: string;
  readonly description: string;
  readonly dependencies: readonly string[];
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly readme: string;
}

/** The files of a new package that are not its source, by path from the root. */
export function packageFiles(one: PackageDescription): Record<string, string> {
  const entry = { types: "./dist/index.d.ts", default: "./dist/index.js" };
  const self = { "./package.json": "./package.json" };
  const manifest = {
    name: one.name,
    version: "0.0.0",
    description: one.description,
    license: "MIT",
    type: "module",
    sideEffects: false,
    engines: { node: ">=22" },
    exports: { ".": { "@trivium/source": "./src/index.ts", ...entry }, ...self },
    publishConfig: { access: "public", exports: { ".": entry, ...self } },
    files: ["dist"],
    scripts: { build: "tsup --config ../../scripts/tsup.config.ts" },
    ...(one.dependencies.length > 0 && {
      dependencies: Object.fromEntries(one.dependencies.map((name) => [name, "workspace:*"])),
    }),
    ...(one.devDependencies && { devDependencies: one.devDependencies }),
  };
  return {
    [`${one.directory}/package.json`]: json(manifest),
    [`${one.directory}/turbo.json`]: json({ extends: ["//"], tags: [one.tag] }),
    [`${one.directory}/README.md`]: one.readme,
  };
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
