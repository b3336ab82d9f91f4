/**
 * Runs tfjs-core's own specs on the simd backend: `pnpm tfjs-specs ['{"threads":2,"gemm":"wasm"}']`, the argument being
 * the options of the backend.
 *
 * Fails if a spec fails, if fewer than `REQUIRED` pass, or if an accelerated kernel was never used.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import Jasmine from "jasmine";
import type { SimdRegistration } from "../src/register.ts";

const REQUIRED = 4_220;
/** Kernels of our own, which tfjs-core's specs cannot know. */
const isOwn = (kernelName: string): boolean => kernelName.startsWith("Trivium");

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
  await jasmine.execute();
  console.log = print;
  const { threads, gemm, build: kernels } = registration.use();
  console.log(`threads: ${threads}, products by ${gemm}, ${kernels} kernels`);
  const calls = Object.entries(registration.acceleratedCalls());
  const unused = calls.filter(([name, count]) => count === 0 && !isOwn(name)).map(([name]) => name);
  console.log(`${calls.length - unused.length} of ${calls.length} accelerated kernels were used or are our own`);
  return { passed, pending, failed, unused };
}

function report({ passed, pending, failed, unused }: Outcome): boolean {
  for (const { name, message } of failed) console.error(`failed: ${name}\n    ${message}`);
  if (unused.length > 0) console.error(`never used: ${unused.join(", ")}`);
  console.log(`${passed} specs passed, ${failed.length} failed, ${pending} skipped by tfjs-core itself`);
  return failed.length === 0 && unused.length === 0 && passed >= REQUIRED;
}

process.env.SIMD_SPECS_OPTIONS = process.argv[2] ?? "{}";
const directory = mkdtempSync(join(tmpdir(), "tfjs-specs-"));
try {
  process.exitCode = report(await runSpecs(await bundle(directory))) ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true });
}
