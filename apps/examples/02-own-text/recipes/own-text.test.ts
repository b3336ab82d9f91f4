import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL("..", import.meta.url));

interface Row {
  readonly name: string;
  readonly parameters: number;
  /** Held-out loss at the points of the curve and at the end, nats per byte. */
  readonly losses: readonly number[];
}

function run(...flags: string[]): { output: string; rows: Row[] } {
  const command = ["--conditions=@trivium/source", "main.ts", ...flags];
  const output = execFileSync(process.execPath, command, { cwd, encoding: "utf8" });
  const rows = output.split("\n").flatMap((line) => {
    const [, name = "", parameters, curve = "", last] =
      /^(\S+) +(\d+) parameters, held-out loss (.+), at last ([\d.]+) nats/.exec(line) ?? [];
    return last ? [{ name, parameters: Number(parameters), losses: [...curve.split(" → "), last].map(Number) }] : [];
  });
  return { output, rows };
}

test("all three learn the sample: the loss falls, far below that of guessing bytes", () => {
  const { rows } = run();
  expect(rows.map(({ name }) => name)).toEqual(["causal", "prefix", "encoder-decoder"]);
  for (const { losses } of rows) {
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
    expect(losses.at(-1)).toBeLessThan(0.6 * Math.log(256));
  }
  expect(rows[0]!.parameters).toBe(rows[1]!.parameters);
  expect(rows[2]!.parameters).toBeGreaterThan(rows[0]!.parameters);
});

test("a file that it has never seen works, too", () => {
  const file = join(mkdtempSync(join(tmpdir(), "own-text-")), "mine.txt");
  writeFileSync(file, "Grüße, 世界! ".repeat(200));
  const { output, rows } = run(file, "6");
  expect(output).toContain(file);
  for (const { losses } of rows) expect(losses.at(-1)).toBeLessThan(Math.log(256));
  expect(rows.length).toBe(3);
});
