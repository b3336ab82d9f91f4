import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

// How much faster is for the benchmark to say: a busy machine must not fail a test.
test("the benchmark of a training step runs the same model on both backends and prints their ratio", () => {
  const script = fileURLToPath(new URL("../scripts/training-step.ts", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, ["--conditions", "@trivium/source", script, "1"], {
    encoding: "utf8",
  });
  expect(Number(/ratio: ([\d.]+)/.exec(stdout)?.[1]), stdout + stderr).toBeGreaterThan(1);
  expect(stdout).toMatch(/^simd: .* loss \d/m);
  expect(stdout).toMatch(/^cpu: .* loss \d/m);
});
