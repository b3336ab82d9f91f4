/** Whole runs in every library that multiplies here. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { probeGemmProviders } from "@trivium/backend-simd";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkpointsOf, jsonOf, runTrivium, weightsOf } from "./run-trivium.ts";
import { writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-gemm-"));
beforeAll(() => writeToyData(folder));
afterAll(() => rmSync(folder, { recursive: true }));

// Wide enough that products go to the library, in several panels.
const sizes = ["--width", "64", "--layers", "1", "--heads", "2", "--batch", "64", "--schedule", "constant"];
const training = (out: string, steps: number, ...more: string[]) => [
  ...["train", "--data", "toy.tsv", ...sizes, "--decoded", "0", "--evaluate-every", "100000"],
  ...["--steps", String(steps), "--out", out, ...more],
];

const providers = probeGemmProviders();
const whyNot = (provider: (typeof providers)[number]) => (provider.available ? "" : ` (${provider.reason})`);
const stateOf = (run: string): Record<string, unknown> =>
  JSON.parse(
    readFileSync(join(folder, run, "checkpoints", checkpointsOf(join(folder, run)).at(-1)!, "state.json"), "utf8"),
  );

describe.each(providers)("$name", (provider) => {
  const { name } = provider;
  const why = whyNot(provider);

  test.skipIf(!provider.available)(`trains to the same bits with 1, 2 and 4 threads${why}`, async () => {
    const weights: Buffer[] = [];
    for (const threads of ["1", "2", "4"]) {
      const run = `${name}-${threads}`;
      await jsonOf(training(run, 3, "--gemm", name, "--threads", threads), folder);
      weights.push(weightsOf(join(folder, run)));
    }
    expect(weights.map((bytes) => bytes.equals(weights[0]!))).toEqual([true, true, true]);
  });
});

describe.each(providers.filter(({ name }) => name !== "wasm"))("a run in $name", (provider) => {
  const { name } = provider;
  const why = whyNot(provider);

  test.skipIf(!provider.available)(`names it with its version, and does not go on in another${why}`, async () => {
    await jsonOf(training(name, 3, "--gemm", name), folder);
    const gemmVersion = provider.available ? provider.version : "";
    expect(stateOf(name).numericIdentity).toMatchObject({ gemm: name, gemmVersion, precision: "f32" });
    const other = await runTrivium(training(name, 4, "--resume", "--gemm", "wasm"), folder);
    expect(other).toMatchObject({ code: 2, stdout: "" });
    expect(other.stderr).toContain(`gemm was "${name}", is "wasm"`);
    expect(await jsonOf(training(name, 4, "--resume", "--gemm", name), folder)).toMatchObject({ step: 4 });
  });
});
