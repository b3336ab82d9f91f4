/** Runs the examples of docstrings one after another: fork it in an empty folder, with the files that have them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { readWorkspace } from "../workspace.ts";
import { docstringExamples } from "./docstring-examples.ts";
import { DocstringScope } from "./docstring-scope.ts";
import { instrument } from "./instrument.ts";
import { readerFolder } from "./reader-names.ts";

/** How an example ended. */
export interface DocstringEnd {
  /** Its file and line: `packages/core/src/axes.ts:42`. */
  readonly place: string;
  readonly failure?: string | undefined;
}

const workspace = readWorkspace();
const packages = workspace.packages.filter(({ directory }) => directory.startsWith("packages/"));
const scope = new DocstringScope({ ...workspace, packages });
const checker = new URL("expect-output.ts", import.meta.url).href;
const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
const backend = await import(pathToFileURL(join(workspace.root, "packages/backend-simd/src/index.ts")).href);
let count = 0;
const unfilled = await run("packages/checkpoint/src/node.ts", readerFolder);
if (unfilled !== undefined) throw new Error(unfilled);

for (const file of process.argv.slice(2)) {
  for (const { code, line } of docstringExamples(readFileSync(join(workspace.root, file), "utf8"))) {
    const failure = await run(file, code).catch(stackOf);
    process.send?.({ place: `${file}:${line}`, failure } satisfies DocstringEnd);
  }
}
process.disconnect?.();

async function run(file: string, code: string): Promise<string | undefined> {
  const { header, missing } = await scope.header(file, code);
  if (missing.length > 0) return `nothing has these names: ${missing.join(", ")}`;
  if (/\/src\/testing[./]/.test(file)) return "a suite runs in Vitest";
  const path = resolve(`example-${count++}.mts`);
  writeFileSync(path, instrument(`${header} { ${code.replaceAll(/^export /gm, "")}\n}`, checker));
  await backend.simd.activate();
  await import(pathToFileURL(path).href);
  return undefined;
}
