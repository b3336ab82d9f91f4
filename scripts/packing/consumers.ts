import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { codeBlocks, installedPackages, noRunReason } from "../readme/code-blocks.ts";
import { instrument } from "../readme/instrument.ts";
import { runCommand, runOrThrow } from "../run-command.ts";
import type { Workspace } from "../workspace.ts";
import { openblasDependencies } from "./openblas-dependencies.ts";
import type { PackedPackage } from "./pack-packages.ts";
import { writePluginAuthor } from "./plugin-author.ts";
import { writeVitePage } from "./vite-page.ts";

/** A project that has installed one packed package, what that package depends on, and nothing else. */
export interface Consumer {
  readonly packed: PackedPackage;
  readonly directory: string;
  /**
   * Commands to be run: every entry is imported (of a program, `--help` is asked), and the README's examples are run
   * one after another with the results that they show as assertions.
   */
  readonly commands: readonly (readonly string[])[];
}

const checker = new URL("../readme/expect-output.ts", import.meta.url).href;

/** Everything that was installed. */
export interface Consumers {
  /** One for each package. */
  readonly packages: readonly Consumer[];
  /** The folder of a project that has plugins of its own. */
  readonly pluginAuthor: string;
  /** The folder of a page that Vite builds. */
  readonly vitePage: string;
}

/**
 * Installs each packed package into a project of its own below `directory`.
 *
 * All projects are installed at once, as a pnpm workspace without hoisting: the store links each file once, and still
 * every package finds only what it declares.
 */
export async function installConsumers(
  { root, manifest }: Workspace,
  packages: readonly PackedPackage[],
  directory: string,
): Promise<Consumers> {
  const tarballs = Object.fromEntries(packages.map(({ source, tarball }) => [source.name, `file:${tarball}`]));
  const consumers = packages.map((packed) => writeConsumer(packed, tarballs, { root, directory }));
  const pluginAuthor = writePluginAuthor(root, directory, tarballs);
  const vitePage = writeVitePage(directory, tarballs);
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "consumers", private: true }));
  writeFileSync(join(directory, "pnpm-workspace.yaml"), settings(root, tarballs));
  const pnpm = ["npx", "--yes", manifest.packageManager ?? "pnpm"];
  const flags = ["--prefer-offline", "--no-frozen-lockfile", "--ignore-scripts"];
  await runOrThrow([...pnpm, "install", ...flags], { cwd: directory });
  return { packages: consumers, pluginAuthor, vitePage };
}

function settings(root: string, tarballs: Readonly<Record<string, string>>): string {
  const catalog = /^catalog:\n(?: .*\n|\n)+/m.exec(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8"))?.[0] ?? "";
  // Those of a release that may not be published yet.
  const absent = Object.keys(openblasDependencies).map((name) => [name, "-"]);
  const overrides = [...absent, ...Object.entries(tarballs)].map(([name, path]) => `  "${name}": "${path}"`);
  const head = ["packages:", "  - consumers/*", "hoist: false", "pmOnFail: ignore", "overrides:", ...overrides];
  return `${head.join("\n")}\n${catalog}`;
}

function writeConsumer(
  packed: PackedPackage,
  tarballs: Readonly<Record<string, string>>,
  { root, directory }: { readonly root: string; readonly directory: string },
): Consumer {
  const { source, manifest } = packed;
  const folder = join(directory, "consumers", basename(source.directory));
  mkdirSync(folder, { recursive: true });
  const file = join(root, source.directory, "README.md");
  const markdown = existsSync(file) ? readFileSync(file, "utf8") : "";
  const blocks = codeBlocks(markdown);
  // Of its commands, not of its text, which may name what only some readers want.
  const commands = blocks.filter(({ language }) => language === "sh").map(({ code }) => code);
  const fromReadme = commands.flatMap(installedPackages).map((name) => [name, tarballs[name] ?? "catalog:"]);
  const suite = "./testing" in (manifest.exports ?? {}) ? { vitest: "catalog:" } : {};
  const dependencies = {
    ...{ ...manifest.dependencies, ...suite, ...Object.fromEntries(fromReadme) },
    [source.name]: tarballs[source.name],
  };
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: `consumer-of-${basename(source.directory)}`, private: true, type: "module", dependencies }),
  );
  const programs = Object.keys(manifest.bin ?? {}).map((name) => [join(folder, "node_modules/.bin", name), "--help"]);
  const examples = blocks
    .filter((block) => block.language === "ts" && noRunReason(block) === undefined)
    .map(({ code, line }) => {
      writeFileSync(join(folder, `readme-${line}.ts`), code);
      writeFileSync(join(folder, `run-${line}.ts`), instrument(code, checker));
      return `run-${line}.ts`;
    });
  // The entry of a program is the program: it is run, and nobody imports it.
  const modules = programs.length > 0 ? examples : [writeEntries(packed, folder), ...examples];
  writeFileSync(join(folder, "run-all.ts"), modules.map((module) => `await import("./${module}");\n`).join(""));
  return { packed, directory: folder, commands: [...programs, ["node", "run-all.ts"]] };
}

/** One module that imports every entry (for the types), and one that runs every entry but the test suites. */
function writeEntries({ source, manifest }: PackedPackage, folder: string): string {
  const entries = Object.keys(manifest.exports ?? {}).filter((key) => key !== "./package.json");
  const specifier = (key: string) => JSON.stringify(`${source.name}${key.slice(1)}`);
  const all = entries.map((key, at) => `import * as entry${at} from ${specifier(key)};\nvoid entry${at};\n`);
  const runnable = entries.filter((key) => !key.startsWith("./testing"));
  writeFileSync(join(folder, "entries.ts"), `${all.join("")}export {};\n`);
  writeFileSync(join(folder, "run-entries.ts"), runnable.map((key) => `await import(${specifier(key)});\n`).join(""));
  return "run-entries.ts";
}

/**
 * Type-checks every consumer at once, with our declarations (`skipLibCheck` would hide what is wrong in them).
 *
 * @returns the errors in the consumers and in `@trivium` packages; other people's declarations are not ours to judge
 *   (the WebGPU types that tfjs brings clash with those of TypeScript 6).
 */
export async function typeErrors(
  directory: string,
  { root }: Workspace,
  { compiler, mode }: { readonly compiler: string; readonly mode: "node16" | "bundler" },
): Promise<readonly string[]> {
  const config = join(directory, `tsconfig.${mode}.json`);
  const tsc = join(root, "node_modules", compiler, "bin/tsc");
  const compilerOptions = {
    ...{ target: "ES2023", lib: ["ES2024", "DOM", "DOM.Iterable"], strict: true, noEmit: true, skipLibCheck: false },
    ...{ module: mode === "node16" ? "Node16" : "ESNext", moduleResolution: mode, moduleDetection: "force" },
    ...{ types: ["node"], typeRoots: [join(root, "node_modules/@types")] },
  };
  const include = ["consumers/*/entries.ts", "consumers/*/readme-*.ts", "consumers/plugin-author/mine.ts"];
  writeFileSync(config, JSON.stringify({ compilerOptions, include }));
  const { code, output } = await runCommand(["node", tsc, "--pretty", "false", "-p", config], { cwd: directory });
  const errors = output.split("\n").filter((line) => line.includes("error TS"));
  if (code !== 0 && errors.length === 0) throw new Error(`tsc failed without naming an error:\n${output}`);
  return errors.filter((line) => /^consumers\/|\/node_modules\/@trivium\/[^(]*\(|^error TS/.test(line));
}
