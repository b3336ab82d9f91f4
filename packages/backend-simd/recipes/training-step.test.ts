import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("a training step of a small GPT is at least 50 times faster than on tfjs cpu", () => {
  const script = fileURLToPath(new URL("../scripts/training-step.ts", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, ["--conditions", "@trivium/source", script], {
    encoding: "utf8",
  });
  const ratio = Number(/ratio: ([\d.]+)/.exec(stdout)?.[1]);
  expect(ratio, stdout + stderr).toBeGreaterThanOrEqual(50);
});
