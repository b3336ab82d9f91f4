import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { probeGemmProviders } from "../src/index.ts";

const run = (script: string, ...args: string[]): string =>
  execFileSync(
    process.execPath,
    ["--conditions", "@trivium/source", fileURLToPath(new URL(`./${script}`, import.meta.url)), ...args],
    { encoding: "utf8", maxBuffer: 2 ** 26 },
  );

const variants = [
  ["as it ships, on memory full of NaN", { poison: true }],
  ["cut into single work units, at odd addresses", { poison: true, splitUnits: 1, misalignBytes: 4, threads: 1 }],
  ["cut into single work units that three threads take", { poison: true, splitUnits: 1, threads: 3 }],
  ["in the build without fused multiply-add", { build: "plain" }],
  ["with the cpu kernels alone, on shared memory", { accelerate: false }],
] as const;

/** The script itself fails if too few specs pass. */
function expectAllPass(options: object, ...suite: string[]): void {
  const output = run("tfjs-specs.ts", JSON.stringify(options), ...suite);
  expect(output).toMatch(/[1-9]\d* specs passed, 0 failed/);
  for (const [name, value] of Object.entries({ threads: "threads: ", gemm: "products by " })) {
    if (name in options) expect(output).toContain(`${value}${(options as Record<string, unknown>)[name]},`);
  }
}

test.for(variants)("tfjs-core's own specs pass: %s", ([, options]) => expectAllPass(options));

test.for(probeGemmProviders())(
  "tfjs-core's own specs of products pass: on two threads, in $name",
  (provider, context) => {
    context.skip(!provider.available, provider.available ? "" : `${provider.reason}. ${provider.remedy}`);
    expectAllPass({ poison: true, threads: 2, gemm: provider.name, gemmForSmall: true }, "products");
  },
);
