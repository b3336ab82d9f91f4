/**
 * Writes the declarations of every published package from one program, to `.declarations/<path of the source>`; the
 * build of a package copies its own. One program reads TypeScript's library and the packages once, not once a package.
 *
 * What is wrong in a source is for `pnpm typecheck` to say; here only a type that cannot be named fails.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { readWorkspace, repositoryRoot as root, SOURCE_CONDITION } from "./workspace.ts";

const entries = readWorkspace().packages.flatMap(({ directory, manifest }) =>
  Object.values(manifest.private === true ? {} : (manifest.exports ?? {})).flatMap((target) => {
    const source = typeof target === "object" ? target[SOURCE_CONDITION] : undefined;
    return typeof source === "string" ? [join(root, directory, source)] : [];
  }),
);
const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
const folder = join(root, ".declarations");

/** Sources name each other with `.ts`; what is published has `.js`. */
const withPublishedNames = (text: string): string =>
  text.replaceAll(/((?:from|import|import\() ?"\.{1,2}\/[^"\n]+)\.ts"/g, '$1.js"');

rmSync(folder, { recursive: true, force: true });
const program = ts.createProgram(entries, {
  ...options,
  noEmit: false,
  noCheck: true,
  declaration: true,
  emitDeclarationOnly: true,
  rootDir: root,
  outDir: folder,
});
const { diagnostics } = program.emit(undefined, (file, text) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, withPublishedNames(text));
});
if (diagnostics.length > 0) {
  const host = {
    getCanonicalFileName: (name: string) => name,
    getCurrentDirectory: () => root,
    getNewLine: () => "\n",
  };
  console.error(ts.formatDiagnostics(diagnostics, host));
  process.exitCode = 1;
} else console.log(`declarations of ${entries.length} entries in ${relative(root, folder)}`);
