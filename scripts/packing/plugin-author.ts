import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The packages that the plugins are written against, and the program that loads them. */
const written = ["generate", "masks", "model", "nn", "objectives", "tensor"];
const needed = ["cli", ...written].map((name) => `@trivium/${name}`);

/**
 * A project whose author wrote plugins of seven kinds in one file, with data to train on.
 *
 * @returns its folder; the file is `mine.ts`, the data `toy.tsv`.
 */
export function writePluginAuthor(root: string, directory: string, tarballs: Readonly<Record<string, string>>): string {
  const folder = join(directory, "consumers", "plugin-author");
  mkdirSync(folder, { recursive: true });
  const dependencies = Object.fromEntries(needed.map((name) => [name, tarballs[name]]));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "plugin-author", private: true, type: "module", dependencies }),
  );
  copyFileSync(join(root, "apps/cli/recipes/fixtures/third-party.ts"), join(folder, "mine.ts"));
  const words = Array.from({ length: 60 }, (_, index) => index.toString(2).padStart(6, "0"));
  writeFileSync(join(folder, "toy.tsv"), words.map((word) => `${word}\t${[...word].reverse().join("")}\n`).join(""));
  return folder;
}
