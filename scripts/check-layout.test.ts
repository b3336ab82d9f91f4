import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { arrowFigure, withFigure } from "./layout/arrow-figure.ts";
import { checkArrows } from "./layout/check-arrows.ts";
import { checkCircles } from "./layout/check-circles.ts";
import { checkExports } from "./layout/check-exports.ts";
import { checkFiles } from "./layout/check-files.ts";
import { checkImports } from "./layout/check-imports.ts";
import { checkPluginFiles } from "./layout/check-plugin-files.ts";
import { issuesOf, isViolation } from "./layout/turbo-boundaries.ts";
import { temporaryTree } from "./temporary-tree.ts";
import { readWorkspace, type Workspace } from "./workspace.ts";

const entry = (name: string) => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` });
const withSource = (name: string) => ({ "@trivium/source": `./src/${name}.ts`, ...entry(name) });
const rest = { "./package.json": "./package.json" };

/** A correct package, as files. */
function packageFiles(name: string, tag: string, changes: object = {}, files: Record<string, string> = {}) {
  const manifest = {
    ...{ name: `@trivium/${name}`, description: "A package.", license: "MIT", type: "module", sideEffects: false },
    ...{ engines: { node: ">=22" }, files: ["dist"], exports: { ".": withSource("index"), ...rest } },
    publishConfig: { exports: { ".": entry("index"), ...rest } },
    ...changes,
  };
  const base = { "package.json": manifest, "turbo.json": { tags: [tag] }, "README.md": `# @trivium/${name}\n` };
  const all = { ...base, "src/index.ts": "export {};\n", ...files };
  return Object.fromEntries(Object.entries(all).map(([path, content]) => [`packages/${name}/${path}`, content]));
}

const rule = (...allow: string[]) => ({ dependencies: { allow } });
const tags = {
  foundation: rule("foundation"),
  compute: rule("foundation", "compute"),
  backend: rule("foundation"),
  architecture: rule("foundation", "compute"),
};
const rootFiles = {
  "package.json": { name: "root", devDependencies: { vitest: "5" } },
  "turbo.json": { boundaries: { tags } },
};

function violations(check: (workspace: Workspace) => string[], ...packages: Record<string, unknown>[]): string[] {
  using tree = temporaryTree(Object.assign({}, rootFiles, ...packages));
  return check(readWorkspace(tree.root));
}

const core = packageFiles("core", "foundation");
const dependsOn = (...names: string[]) => ({
  dependencies: Object.fromEntries(names.map((name) => [`@trivium/${name}`, "workspace:*"])),
});

test("a correct package has no violations", () => {
  const nn = packageFiles("nn", "compute", dependsOn("core"), { "src/index.ts": `export * from "@trivium/core";\n` });
  for (const check of [checkArrows, checkImports, checkCircles, checkExports, checkFiles, checkPluginFiles]) {
    expect(violations(check, core, nn)).toEqual([]);
  }
});

test("a dependency against the arrows is named with what is allowed", () => {
  const backend = packageFiles("backend-simd", "backend");
  const nn = packageFiles("nn", "compute", dependsOn("backend-simd"));
  expect(violations(checkArrows, backend, nn)).toEqual([
    "packages/nn/package.json: @trivium/nn (compute) depends on @trivium/backend-simd (backend); " +
      "compute may depend on: foundation, compute",
  ]);
});

test("a development dependency may point anywhere, but not in a circle", () => {
  const backend = packageFiles("backend-simd", "backend");
  const development = { devDependencies: { "@trivium/backend-simd": "workspace:*" } };
  expect(violations(checkArrows, backend, packageFiles("nn", "compute", development))).toEqual([]);
  const circle = packageFiles("backend-simd", "backend", { devDependencies: { "@trivium/nn": "workspace:*" } });
  expect(violations(checkArrows, circle, packageFiles("nn", "compute", development))).toEqual([
    "packages depend on each other in a circle: @trivium/backend-simd → @trivium/nn → @trivium/backend-simd",
  ]);
});

test("files that import each other are named, for types and in AssemblyScript too", () => {
  const nn = packageFiles(
    "nn",
    "compute",
    {},
    {
      "src/a.ts": `import type { B } from "./b.ts";\n`,
      "src/b.ts": `import { c } from "./c.ts";\n`,
      "src/c.ts": `export const c = () => import("./a.ts");\n`,
      "assembly/one.ts": `import { two } from "./two";\n`,
      "assembly/two.ts": `import { one } from "./one";\n`,
    },
  );
  const remedy = "move what both need to a file below them";
  expect(violations(checkCircles, nn)).toEqual([
    `files import each other in a circle: ${["one", "two", "one"].map((name) => `packages/nn/assembly/${name}.ts`).join(" → ")}; ${remedy}`,
    `files import each other in a circle: ${["a", "b", "c", "a"].map((name) => `packages/nn/src/${name}.ts`).join(" → ")}; ${remedy}`,
  ]);
});

test.each([[[]], [["compute", "backend"]], [["cloud"]]])("tags %j are refused", (given) => {
  const nn = { ...packageFiles("nn", "compute"), "packages/nn/turbo.json": { tags: given } };
  expect(violations(checkArrows, nn)).toHaveLength(1);
});

test("an architecture cannot import another, not even in a test", () => {
  const causal = packageFiles("model-causal", "architecture");
  const prefix = packageFiles(
    "model-prefix",
    "architecture",
    { devDependencies: { "@trivium/model-causal": "workspace:*" } },
    { "src/architecture.test.ts": `import { causal } from "@trivium/model-causal";\n` },
  );
  expect(violations(checkImports, causal, prefix)).toEqual([
    "packages/model-prefix/src/architecture.test.ts:1: @trivium/model-prefix (architecture) imports " +
      "@trivium/model-causal (architecture); architecture may import: foundation, compute",
  ]);
});

test("an import that the manifest does not declare is found, in types and dynamic imports too", () => {
  const text = `import type { A } from "zod";\n\nexport const b = await import("koffi");\nexport * from "@trivium/core";\n`;
  expect(violations(checkImports, core, packageFiles("nn", "compute", {}, { "src/index.ts": text }))).toEqual([
    "packages/nn/src/index.ts:1: imports zod, which packages/nn/package.json does not declare",
    "packages/nn/src/index.ts:3: imports koffi, which packages/nn/package.json does not declare",
    "packages/nn/src/index.ts:4: imports @trivium/core, which packages/nn/package.json does not declare",
  ]);
});

test("a development dependency is for what is not published: tests, and files that only tests import", () => {
  const development = { devDependencies: { zod: "4" } };
  const text = `import "zod";\n`;
  const published = { "src/index.ts": `export * from "./a.ts";\n`, "src/a.ts": text };
  const unpublished = { "src/a.test.ts": `import "vitest";\n${text}`, "src/random-cases.ts": text };
  const files = { ...published, ...unpublished };
  expect(violations(checkImports, packageFiles("nn", "compute", development, files))).toEqual([
    "packages/nn/src/a.ts:1: imports zod, which packages/nn/package.json does not declare",
  ]);
});

test("an entry that the other package does not export is found", () => {
  const nn = packageFiles("nn", "compute", dependsOn("core"), { "src/index.ts": `export * from "@trivium/core/x";\n` });
  expect(violations(checkImports, core, nn)).toEqual([
    "packages/nn/src/index.ts:1: imports ./x of @trivium/core, which has no such entry",
  ]);
});

test.each([
  [`import "../../core/src/index.ts";`, "imports ../../core/src/index.ts, which is outside of packages/nn"],
  [`import "./index.js";`, "imports ./index.js without its extension .ts"],
  [`import "fs";`, "imports fs; write node:fs"],
  [`import "node:fs";`, "imports node:fs, but the main entry of @trivium/nn is pure: I/O needs an entry of its own"],
  [
    `import "@tensorflow/tfjs-core";`,
    `imports @tensorflow/tfjs-core; only packages/tensor and the backends may: import from "@trivium/tensor"`,
  ],
])("%s is refused in a compute package", (text, message) => {
  const dependencies = { dependencies: { "@tensorflow/tfjs-core": "4" } };
  const nn = packageFiles("nn", "compute", dependencies, { "src/index.ts": `${text}\n` });
  expect(violations(checkImports, nn)).toEqual([`packages/nn/src/index.ts:1: ${message}`]);
});

test("the main entry of a package does not reach the /node entry of another one", () => {
  const exports = { ".": withSource("index"), "./node": withSource("node"), ...rest };
  const io = packageFiles(
    "data",
    "primitive",
    { exports },
    { "src/index.ts": "export {};\n", "src/node.ts": `import "node:fs";\n` },
  );
  const text = `import "@trivium/data/node";\n`;
  const main = { "src/index.ts": `export * from "./a.ts";\n`, "src/a.ts": text, "src/b.ts": text };
  const nn = packageFiles("nn", "compute", dependsOn("data"), main);
  expect(violations(checkImports, io, nn)).toEqual([
    "packages/nn/src/a.ts:1: imports @trivium/data/node, but the main entry of @trivium/nn is pure: I/O needs an entry of its own",
  ]);
});

test("a backend may import tfjs-core and Node's modules", () => {
  const files = { "src/index.ts": `import "@tensorflow/tfjs-core";\nimport "node:os";\n` };
  const dependencies = { dependencies: { "@tensorflow/tfjs-core": "4" } };
  expect(violations(checkImports, packageFiles("backend-x", "backend", dependencies, files))).toEqual([]);
});

test("published exports that drifted from the developed ones are found", () => {
  const exports = { ".": withSource("index"), "./testing": withSource("testing"), ...rest };
  expect(violations(checkExports, packageFiles("nn", "compute", { exports }))).toEqual([
    `packages/nn/package.json: exports "./testing" has no file ./src/testing.ts`,
    `packages/nn/package.json: publishConfig.exports must equal exports without the condition "@trivium/source"`,
  ]);
});

test("conditions in the wrong order or leading elsewhere are found", () => {
  const target = { types: "./dist/index.d.ts", "@trivium/source": "./src/index.ts", default: "./dist/main.js" };
  const publishConfig = { exports: { ".": { types: target.types, default: target.default }, ...rest } };
  expect(
    violations(checkExports, packageFiles("nn", "compute", { exports: { ".": target, ...rest }, publishConfig })),
  ).toEqual([
    `packages/nn/package.json: exports "." must begin with the condition "@trivium/source"`,
    `packages/nn/package.json: exports "." must have "types" right after the source condition`,
    `packages/nn/package.json: exports "." builds ./src/index.ts to ./dist/index.js, but "default" is ./dist/main.js`,
  ]);
});

test("a manifest without licence, engines or README is found", () => {
  const files = packageFiles("nn", "compute", { license: undefined, engines: { node: ">=18" } });
  delete files["packages/nn/README.md"];
  expect(violations(checkFiles, files)).toEqual([
    `packages/nn/package.json: license must be "MIT", got undefined`,
    `packages/nn/package.json: engines.node must be ">=22", got ">=18"`,
    "packages/nn/README.md: is missing",
  ]);
});

test("a README over 80 lines is too long", () => {
  const readme = `# @trivium/nn\n${"line\n".repeat(80)}`;
  expect(violations(checkFiles, packageFiles("nn", "compute", {}, { "README.md": readme }))).toEqual([
    "packages/nn/README.md: has 81 lines, at most 80",
  ]);
});

test("file names are kebab-case and side effects are declared", () => {
  const files = { "src/rmsNorm.ts": "export {};\n", "src/index.ts": `import "./rmsNorm.ts";\n` };
  expect(violations(checkFiles, packageFiles("nn", "compute", {}, files))).toEqual([
    "packages/nn/src/index.ts:1: imports ./rmsNorm.ts for its side effects, but packages/nn/package.json says sideEffects: false",
    "packages/nn/src/rmsNorm.ts: the file name must be kebab-case",
  ]);
});

test("a plugin lives in the file of its name", () => {
  const files = {
    "src/mask.ts": `export const mask = defineKind<Contract>()("mask");\n`,
    "src/index.ts": ["mask", "sliding", "causal", "full-mask"]
      .map((name) => `export * from "./${name}.ts";`)
      .join("\n"),
    "src/full-mask.ts": `export const full = mask("full", create);\n`,
    "src/sliding.ts": `export const slidingWindow = mask("sliding-window", create);\n`,
    "src/causal.ts": `export const causal: Plugin<"mask"> = mask(\n  "causal", create);\n`,
  };
  expect(violations(checkPluginFiles, packageFiles("masks", "foundation", {}, files))).toEqual([
    `packages/masks/src/sliding.ts: the plugin "sliding-window" belongs in a file named sliding-window.ts`,
  ]);
});

test("what turbo prints becomes one line for each issue", () => {
  const output = `• turbo 2
Checking packages...
  x cannot import package \`vitest\` because it is not a dependency
   ,-[/x/packages/core/src/a.test.ts:1:30]
 1 | import { expect } from "vitest";
   : ^
   \`----

  x failed to parse file /x/packages/backend-simd/assembly/gemm/
  | tile.ts: parser panicked

Checked 137 files in 23 packages, 2 issues found`;
  expect(issuesOf(output)).toEqual([
    "cannot import package `vitest` because it is not a dependency (/x/packages/core/src/a.test.ts:1:30)",
    "failed to parse file /x/packages/backend-simd/assembly/gemm/tile.ts: parser panicked",
  ]);
});

test("turbo's findings about development dependencies and AssemblyScript are dropped, the others kept", () => {
  const nn = packageFiles("nn", "compute", { ...dependsOn("core"), devDependencies: { "@trivium/x": "workspace:*" } });
  using tree = temporaryTree(Object.assign({}, rootFiles, core, nn, packageFiles("x", "backend")));
  const workspace = readWorkspace(tree.root);
  const tagless = (target: string) =>
    `Package \`@trivium/${target}\` found without any tag listed in allowlist for \`@trivium/nn\``;
  expect(isViolation(tagless("x"), workspace)).toBe(false);
  expect(isViolation(tagless("core"), workspace)).toBe(true);
  expect(isViolation("failed to parse file /x/assembly/gemm/tile.ts: parser panicked", workspace)).toBe(false);
  expect(isViolation("failed to parse file /x/src/tile.ts: parser panicked", workspace)).toBe(true);
});

test("this repository keeps its arrows", () => {
  const workspace = readWorkspace();
  expect(workspace.packages.length).toBeGreaterThan(20);
  expect(checkArrows(workspace)).toEqual([]);
});

test("the figure leaves out arrows that follow from others", () => {
  using tree = temporaryTree(Object.assign({}, rootFiles, core, packageFiles("nn", "compute")));
  expect(arrowFigure(readWorkspace(tree.root)).split("\n")).toEqual([
    "flowchart TD",
    `  foundation["<b>foundation</b><br/>core"]`,
    `  compute["<b>compute</b><br/>nn"]`,
    `  backend["<b>backend</b><br/>"]`,
    `  architecture["<b>architecture</b><br/>"]`,
    "  compute --> foundation",
    "  backend --> foundation",
    "  architecture --> compute",
  ]);
});

test("docs/architecture.md shows the arrows as they are (pnpm draw-arrows)", () => {
  const workspace = readWorkspace();
  const document = readFileSync(join(workspace.root, "docs/architecture.md"), "utf8");
  expect(withFigure(document, arrowFigure(workspace))).toBe(document);
});
