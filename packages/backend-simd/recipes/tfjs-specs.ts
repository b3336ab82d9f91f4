/**
 * Runs tfjs-core's own specs on the simd backend: `pnpm tfjs-specs ['{"threads":2,"gemm":"wasm"}' [products]]`, the
 * first argument being the options of the backend, the second that only the specs that multiply matrices are run.
 *
 * Fails if a spec fails, if fewer pass than are required, or if an accelerated kernel that is watched was never used.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import Jasmine from "jasmine";
import type { SimdRegistration } from "../src/register.ts";

/** Kernels of our own, which tfjs-core's specs cannot know. */
const isOwn = (kernelName: string): boolean => kernelName.startsWith("Trivium");

/** What runs, how many specs must pass, and the kernels that must have been used. */
const suites = {
  all: { filter: undefined, required: 4_220, watches: (kernel: string) => !isOwn(kernel) },
  products: {
    filter: /matmul|qr |gramSchmidt|lstm|dot /i,
    required: 120,
    watches: (kernel: string) => kernel.endsWith("MatMul"),
  },
};
const suite = process.argv[3] === "products" ? suites.products : suites.all;

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

async function bundle(directory: string): Promise<string> {
  const jasmineCore = createRequire(require.resolve("jasmine")).resolve("jasmine-core");
  const outfile = join(directory, "specs.cjs");
  await build({
    entryPoints: [join(here, "tfjs-specs-entry.ts")],
    outfile,
    bundle: true,
    format: "cjs",
    platform: "node",
    conditions: ["@trivium/source"],
    // One copy of tfjs-core: the specs import its modules, whose bundle would be a second one.
    mainFields: ["module", "main"],
    alias: { "jasmine-core/lib/jasmine-core/jasmine.js": join(dirname(jasmineCore), "jasmine-core/jasmine.js") },
    // Specs are side effects of modules that the package marks as pure.
    ignoreAnnotations: true,
    // Where koffi is looked for, which lies beside no bundle.
    define: { "import.meta.url": JSON.stringify(import.meta.url) },
    logLevel: "error",
  });
  return outfile;
}

/** What jasmine, which ships no types, reports of a spec. */
interface SpecResult {
  readonly status: string;
  readonly fullName: string;
  readonly failedExpectations?: readonly { readonly message: string }[];
}

interface Outcome {
  readonly passed: number;
  /** Skipped by tfjs-core itself. */
  readonly pending: number;
  readonly failed: readonly { readonly name: string; readonly message: string }[];
  readonly unused: readonly string[];
}

async function runSpecs(file: string): Promise<Outcome> {
  const jasmine = new Jasmine();
  jasmine.exitOnCompletion = false;
  jasmine.randomizeTests(false);
  jasmine.configureDefaultReporter({ print: () => {} });
  let passed = 0;
  let pending = 0;
  const failed: { name: string; message: string }[] = [];
  jasmine.addReporter({
    specDone(spec: SpecResult) {
      if (spec.status === "passed") passed++;
      if (spec.status === "pending") pending++;
      const message = spec.failedExpectations?.[0]?.message ?? "";
      if (spec.status === "failed") failed.push({ name: spec.fullName, message: message.slice(0, 300) });
    },
  });
  // Specs of the profiler print tables.
  const print = console.log;
  console.log = () => {};
  const { registration } = require(file) as { registration: SimdRegistration };
  await jasmine.execute(undefined, suite.filter);
  console.log = print;
  const { threads, gemm, build: kernels } = registration.use();
  console.log(`threads: ${threads}, products by ${gemm}, ${kernels} kernels`);
  const watched = Object.entries(registration.acceleratedCalls()).filter(([name]) => suite.watches(name));
  const unused = watched.filter(([, count]) => count === 0).map(([name]) => name);
  console.log(`${watched.length - unused.length} of ${watched.length} kernels that are watched were used`);
  return { passed, pending, failed, unused };
}

function report({ passed, pending, failed, unused }: Outcome): boolean {
  for (const { name, message } of failed) console.error(`failed: ${name}\n    ${message}`);
  if (unused.length > 0) console.error(`never used: ${unused.join(", ")}`);
  console.log(`${passed} specs passed, ${failed.length} failed, ${pending} skipped by tfjs-core itself`);
  return failed.length === 0 && unused.length === 0 && passed >= suite.required;
}

process.env.SIMD_SPECS_OPTIONS = process.argv[2] ?? "{}";
const directory = mkdtempSync(join(tmpdir(), "tfjs-specs-"));
try {
  process.exitCode = report(await runSpecs(await bundle(directory))) ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true });
}
