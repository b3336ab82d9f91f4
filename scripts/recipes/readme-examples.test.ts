/** Every `ts` block of every README and document runs from source, and the results that it shows are true. */
import { fork } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { importedModules, splitSpecifier } from "../layout/source-files.ts";
import { type CodeBlock, codeBlocks, installedPackages, noRunReason } from "../readme/code-blocks.ts";
import { instrument } from "../readme/instrument.ts";
import type { ExampleEnd } from "../readme/run-examples.ts";
import { readWorkspace, type WorkspacePackage } from "../workspace.ts";

const { root, packages } = readWorkspace();
const checker = new URL("../readme/expect-output.ts", import.meta.url).href;
const files = globSync(["README.md", "CONTRIBUTING.md", "docs/**/*.md", "{packages,apps}/**/README.md"], {
  cwd: root,
  exclude: (name) => name === "node_modules" || name === "dist",
}).sort();

/** A README speaks of its own package; other documents of the umbrella, or of everything, which the presets import. */
function ownerOf(file: string, markdown: string): WorkspacePackage {
  const reader = /from "trivium"/.test(markdown) ? "trivium" : "@trivium/presets";
  const owner =
    packages.find(({ directory }) => dirname(file) === directory) ?? packages.find(({ name }) => name === reader);
  if (!owner) throw new Error(`${file}: there is no package to run its examples in`);
  return owner;
}

const folderOf = (owner: WorkspacePackage) => join(root, owner.directory, ".readme");

const runner = new URL("../readme/run-examples.ts", import.meta.url);

/** What went wrong in each block of one process, if anything did; a process that does not end fails them all. */
type Failures = ReadonlyMap<CodeBlock, string | undefined>;

async function run(blocks: readonly CodeBlock[], document: string, owner: WorkspacePackage): Promise<Failures> {
  const folder = folderOf(owner);
  mkdirSync(folder, { recursive: true });
  const fileOf = (block: CodeBlock) => join(folder, `${document.replaceAll(/\W+/g, "-")}-${block.line}.ts`);
  for (const block of blocks) writeFileSync(fileOf(block), instrument(block.code, checker));
  const child = fork(runner, blocks.map(fileOf), {
    cwd: folder,
    execArgv: ["--conditions=@trivium/source"],
    timeout: 300_000,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const ends = new Map<string, ExampleEnd>();
  let stderr = "";
  child.stderr?.on("data", (text) => {
    stderr += text;
  });
  child.on("message", (end: ExampleEnd) => ends.set(end.file, end));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const failure = (block: CodeBlock) => {
    const end = ends.get(fileOf(block));
    return end?.failure ?? (code === 0 && end ? undefined : `its process ended with ${code}:\n${stderr}`);
  };
  return new Map(blocks.map((block) => [block, failure(block)]));
}

function undeclared(block: CodeBlock, owner: WorkspacePackage, installed: readonly string[]): string[] {
  const { dependencies, peerDependencies, optionalDependencies } = owner.manifest;
  const known = [owner.name, ...installed];
  known.push(...Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }));
  return importedModules({ text: block.code })
    .map(({ specifier }) => splitSpecifier(specifier)[0])
    .filter((name) => !name.startsWith("node:") && !known.includes(name));
}

afterAll(() => {
  for (const owner of packages) rmSync(folderOf(owner), { recursive: true, force: true });
});

const documents = files.map((file) => {
  const markdown = readFileSync(join(root, file), "utf8");
  const examples = codeBlocks(markdown).filter(({ language }) => language === "ts");
  return { file, owner: ownerOf(file, markdown), installed: installedPackages(markdown), examples };
});
const ofPackages = documents.filter(({ file }) => file.startsWith("packages/"));

test.each(ofPackages)("$file has an install line and an example", ({ owner, installed, examples }) => {
  expect(installed).toContain(owner.name);
  expect(examples.length).toBeGreaterThan(0);
});

for (const { file, owner, installed, examples } of documents) {
  const runnable = examples.filter((block) => noRunReason(block) === undefined);
  let together: Promise<Failures> | undefined;
  /** `pnpm check:long` runs each example alone. */
  const failuresWith = (block: CodeBlock): Promise<Failures> => {
    if (process.env.TRIVIUM_LONG) return run([block], file, owner);
    together ??= run(runnable, file, owner);
    return together;
  };
  for (const block of examples) {
    const reason = noRunReason(block);
    const title = `${file}: the example of line ${block.line} imports what its reader has, and runs`;
    if (reason !== undefined) test.skip(`${title} (${reason})`, () => {});
    else {
      test.concurrent(title, async () => {
        expect(undeclared(block, owner, installed)).toEqual([]);
        expect((await failuresWith(block)).get(block), `the example of line ${block.line}`).toBeUndefined();
      });
    }
  }
}
