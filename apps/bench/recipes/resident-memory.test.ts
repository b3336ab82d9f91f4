import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const STEPS = 600;
/** What V8 may take for its young generation and compilers, which it does within the first thousand steps. */
const SLACK_MIB = 192;

test("hundreds of steps on two threads leave the engine with what it had, and the process near it", () => {
  const script = fileURLToPath(new URL("../scripts/resident-memory.ts", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, ["--conditions", "@trivium/source", script, String(STEPS)], {
    encoding: "utf8",
  });
  const holds = stdout.match(/engine live .* MiB; .* forgotten/g);
  expect(holds, stdout + stderr).toHaveLength(2);
  expect(holds![1]).toBe(holds![0]);
  expect(holds![0]).toMatch(/ 0 forgotten$/);
  expect(Number(/^growth: (-?[\d.]+) MiB/m.exec(stdout)?.[1])).toBeLessThan(SLACK_MIB);
});
