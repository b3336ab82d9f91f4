/** Writes the start of a plugin or a package: `pnpm new mask|kernel|objective|architecture|package NAME`. */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { architectureBlueprint } from "./new/architecture.ts";
import { type Blueprint, type Names, namesOf } from "./new/blueprint.ts";
import { kernelBlueprint } from "./new/kernel.ts";
import { maskBlueprint } from "./new/mask.ts";
import { objectiveBlueprint } from "./new/objective.ts";
import { packageBlueprint } from "./new/package.ts";
import { runOrThrow } from "./run-command.ts";
import { readWorkspace, repositoryRoot as root } from "./workspace.ts";

const usage = `usage: pnpm new mask|kernel|objective|architecture|package NAME
  NAME   kebab-case, for example sliding-window
  --tag  of a package: its layer, one of the tags in turbo.json (default primitive)`;

/** Ends with one clear line: the input was wrong, not the program. */
function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}

function blueprintOf(kind: string, names: Names, tag: string): Blueprint {
  if (kind === "mask") return maskBlueprint(names);
  if (kind === "kernel") return kernelBlueprint(names);
  if (kind === "objective") return objectiveBlueprint(names);
  if (kind === "architecture") return architectureBlueprint(names, presetsFile());
  if (kind === "package") return packageBlueprint(names, tag);
  return refuse(`there is no kind "${kind}"\n${usage}`);
}

function presetsFile(): string {
  const files = globSync("packages/presets/src/*.ts", { cwd: root });
  const found = files.find((file) => /^export const presets\b/m.test(readFileSync(join(root, file), "utf8")));
  return found ?? refuse("packages/presets/src has no file with: export const presets = [ … ]");
}

function checkName(kebab: string, { camel }: Names): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(kebab)) refuse(`a name is kebab-case (sliding-window), got "${kebab}"`);
  try {
    new Function(`"use strict"; const ${camel} = 0;`);
  } catch {
    refuse(`"${camel}" is a word of the language; choose another name`);
  }
}

/** The edited texts by file; nothing is written if a file exists already or a place is not found. */
function plan({ files, edits }: Blueprint): Map<string, string> {
  for (const file of Object.keys(files)) {
    if (existsSync(join(root, file))) refuse(`${file} exists already; choose another name`);
  }
  const texts = new Map(Object.entries(files));
  for (const { file, apply, place } of edits) {
    const before = texts.get(file) ?? readFileSync(join(root, file), "utf8");
    texts.set(file, apply(before) ?? refuse(`${file} has no place for the new line: looked for ${place}`));
  }
  return texts;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { tag: { type: "string", default: "primitive" } },
});
const [kind, kebab, ...more] = positionals;
if (kind === undefined || kebab === undefined || more.length > 0) refuse(usage);
const { arrows } = readWorkspace();
if (!(values.tag in arrows)) refuse(`there is no tag "${values.tag}"; tags: ${Object.keys(arrows).join(", ")}`);
const names = namesOf(kebab);
checkName(kebab, names);

const blueprint = blueprintOf(kind, names, values.tag);
const texts = plan(blueprint);
for (const [file, text] of texts) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
const formatted = [...texts.keys()].filter((file) => !file.endsWith(".md"));
await runOrThrow(["biome", "check", "--write", ...formatted], { cwd: root });

for (const file of texts.keys()) console.log(`${file in blueprint.files ? "new   " : "edited"} ${file}`);
for (const step of blueprint.next) console.log(`next: ${step}`);
