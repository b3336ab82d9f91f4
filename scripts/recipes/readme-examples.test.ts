/** Every `ts` block of every README and document runs from source, and the results that it shows are true. */
import { execFile } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { importedModules, splitSpecifier } from "../layout/source-files.ts";
import { type CodeBlock, codeBlocks, installedPackages, noRunReason } from "../readme/code-blocks.ts";
import { instrument } from "../readme/instrument.ts";
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

async function run(block: CodeBlock, name: string, owner: WorkspacePackage): Promise<void> {
  const file = join(folderOf(owner), name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, instrument(block.code, checker));
  const options = { cwd: dirname(file), timeout: 300_000 };
  await promisify(execFile)("node", ["--conditions=@trivium/source", file], options).catch((error) => {
    throw new Error(`the example of line ${block.line} failed:\n${error.stderr || error.message}`);
  });
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
  for (const block of examples) {
    const reason = noRunReason(block);
    const title = `${file}: the example of line ${block.line} imports what its reader has, and runs`;
    if (reason !== undefined) test.skip(`${title} (${reason})`, () => {});
    else {
      test.concurrent(title, async () => {
        expect(undeclared(block, owner, installed)).toEqual([]);
        await run(block, `${file.replaceAll(/\W+/g, "-")}-${block.line}.ts`, owner);
      });
    }
  }
}
