import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/**
 * Steps, and the growth in MiB that is left to V8: it takes its young generation and compilers within the first
 * thousand steps, which are the tenth that `pnpm check:long` does not count.
 */
const [STEPS, SLACK_MIB] = process.env.TRIVIUM_LONG ? [10_000, 32] : [600, 192];

test(`${STEPS} steps on two threads leave the engine with what it had, and the process near it`, () => {
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
