import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("a training step of a small GPT is at least 50 times faster than on tfjs cpu", () => {
  const script = fileURLToPath(new URL("../scripts/training-step.ts", import.meta.url));
  const output = execFileSync(process.execPath, ["--conditions", "@trivium/source", script, "20"], {
    encoding: "utf8",
  });
  const ratio = Number(/ratio: ([\d.]+)/.exec(output)?.[1]);
  expect(ratio).toBeGreaterThanOrEqual(50);
});
