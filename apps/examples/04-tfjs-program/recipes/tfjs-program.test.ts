import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL("..", import.meta.url));

// How much faster is for the program to print: a busy machine must not fail a test.
test("the same program gives the same losses on cpu and on simd", () => {
  const output = execFileSync(process.execPath, ["--conditions=@trivium/source", "main.ts"], { cwd, encoding: "utf8" });
  const lineOf = (backend: string) => {
    const [, from, to, right] = (
      new RegExp(`^${backend} +loss ([\\d.]+) → ([\\d.]+), ([\\d.]+) % right, [\\d.]+ s`, "m").exec(output) ?? []
    ).map(Number);
    return { from, to, right };
  };
  const [cpu, simd] = [lineOf("cpu"), lineOf("simd")];
  expect(cpu.from).toBeGreaterThan(2);
  expect(cpu.to).toBeLessThan(0.01);
  expect(cpu.right).toBeGreaterThan(99);
  expect(simd.from).toBeCloseTo(cpu.from as number, 3);
  expect(simd.to).toBeCloseTo(cpu.to as number, 3);
});

test("the program imports nothing of Trivium but the backend", () => {
  const source = readFileSync(new URL("../main.ts", import.meta.url), "utf8");
  expect([...source.matchAll(/"(@trivium\/[^"]+)"/g)].map(([, name]) => name)).toEqual(["@trivium/backend-simd"]);
});
