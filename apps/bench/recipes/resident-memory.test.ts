import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import description from "../package.json" with { type: "json" };

/**
 * Steps, and the growth in MiB that is left to V8 after a tenth of them: within the first thousand steps, which the short
 * form counts in part, it still compiles and takes its generations.
 */
const [STEPS, SLACK_MIB] = process.env.TRIVIUM_LONG ? [10_000, 32] : [600, 96];

test(`${STEPS} steps on two threads leave the engine with what it had, and the process near it`, () => {
  const [, ...words] = description.scripts["resident-memory"].split(" ");
  const { stdout, stderr } = spawnSync(process.execPath, [...words, String(STEPS)], {
    cwd: join(import.meta.dirname, ".."),
    encoding: "utf8",
  });
  const holds = stdout.match(/engine live .* MiB; .* forgotten/g);
  expect(holds, stdout + stderr).toHaveLength(2);
  expect(holds![1]).toBe(holds![0]);
  expect(holds![0]).toMatch(/ 0 forgotten$/);
  expect(Number(/^growth: (-?[\d.]+) MiB/m.exec(stdout)?.[1])).toBeLessThan(SLACK_MIB);
});
