import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "./program.ts";
import { readFlag, recipeFields } from "./setting-flags.ts";
import { trainSchema } from "./settings.ts";

/** Flags of other programs that a message may name, with the words before them. */
const foreign: Readonly<Record<string, string>> = {
  "--enable-unsafe-webgpu": "Start Chromium with",
  "--use-webgpu-adapter": "Start Chromium with",
  "--no-deps": "download",
  "--only-binary": "download",
  "--dest": "runPip",
  "--implementation": "interpreter",
  "--python-version": "interpreter",
  "--abi": "interpreter",
  "--platform": "flatMap",
  "--disable-pip-version-check": "run(command",
  "--no-input": "run(command",
  "--pack-destination": "pack",
  "--silent": '"npm"',
  "--ignore-scripts": '"npm"',
  "--mca": "parameter",
  "--oversubscribe": "--bind-to",
  "--bind-to": "--oversubscribe",
  "--host": "placed",
  "--long": "zstd",
};

const root = join(import.meta.dirname, "../../..");
const files = globSync("{packages,apps/cli}/**/src/**/*.ts", { cwd: root, exclude: ["**/node_modules/**"] })
  .filter((file) => !/\.test(-d)?\.ts$|\/testing\/|\/report\/(page|charts)\//.test(file))
  .toSorted();

/** A line of source that is no comment, with its place. */
const lines = files.flatMap((file) =>
  readFileSync(join(root, file), "utf8")
    .split("\n")
    .map((text, at) => ({ place: `${file}:${at + 1}`, text }))
    .filter(({ text }) => !/^\s*(\/?\*|\/\/|#!)/.test(text)),
);

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
const commands = everyCommand(await createProgram());
const flags = new Set(commands.flatMap(({ options }) => options.map(({ long }) => long)).concat("--help", "--version"));

/** The flags that lines name, each with the value behind it, if there is one. */
const named = lines.flatMap(({ place, text }) =>
  [...text.matchAll(/(?<![\w-]|var\()(--[a-z][a-z-]*[a-z])(?:[ =]([a-z0-9.]+)(?=[\s:;,."'`]))?/g)].map((match) => ({
    place,
    text,
    flag: match[1] as string,
    value: match[2],
  })),
);

test("every flag that a message names is one of some command, or of the program that the message names", () => {
  expect(named.length).toBeGreaterThan(30);
  const wrong = named.filter(({ flag, text }) => {
    const other = foreign[flag];
    return other === undefined ? !flags.has(flag) : !text.includes(other);
  });
  expect(wrong.map(({ place, flag }) => `${place}: ${flag}`)).toEqual([]);
});

test("every command that a message names is there, and has the flags that follow it", () => {
  const said = lines.flatMap(({ place, text }) =>
    [...text.matchAll(/(?:`|"| )trivium ((?:[a-z-]+ ?)+(?:--[a-z-]+)?)/g)].map((match) => ({
      place,
      words: (match[1] as string).trim().split(" "),
    })),
  );
  expect(said.length).toBeGreaterThan(10);
  const wrong = said.filter(({ words }) => {
    const [first] = words;
    const command = commands.find((one) => one.name() === first);
    const asked = words.filter((word) => word.startsWith("--"));
    const group = command ? everyCommand(command) : [];
    return (
      !command ||
      asked.some((flag) => flag !== "--help" && !group.some((one) => one.options.some(({ long }) => long === flag)))
    );
  });
  expect(wrong.map(({ place, words }) => `${place}: trivium ${words.join(" ")}`)).toEqual([]);
});

test("every value that a message gives a setting is one that the setting takes", () => {
  const fields = { ...recipeFields(), ...trainSchema.shape };
  const key = (flag: string) => flag.slice(2).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const given = named.filter(
    ({ flag, value, text }) => value !== undefined && key(flag) in fields && /[;,:(]/.test(text),
  );
  const accepted = given.filter(({ flag, value }) => {
    const field = fields[key(flag) as keyof typeof fields];
    return field.safeParse(readFlag(field, value as string)).success;
  });
  expect(given.map(({ flag, value }) => `${flag} ${value}`)).toContain("--held-out 0");
  expect(
    given.filter((one) => !accepted.includes(one)).map(({ place, flag, value }) => `${place}: ${flag} ${value}`),
  ).toEqual([]);
});
