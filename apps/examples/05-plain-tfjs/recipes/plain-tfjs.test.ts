import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const importsOf = (file: string) => {
  const source = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
  return [...source.matchAll(/^import .*?"([^".]+)";/gm)].map(([, name]) => name);
};

// How much faster is for the program to print: a busy machine must not fail a test.
test("tfjs's layers train on simd as on cpu and on wasm", () => {
  const output = execFileSync(process.execPath, ["--conditions=@trivium/source", "main.ts"], { cwd, encoding: "utf8" });
  const lines = [...output.matchAll(/^(\w+) +loss ([\d.]+) → ([\d.]+), (\d+) % right, [\d.]+ s$/gm)];
  expect(lines.map(([, backend]) => backend)).toEqual(["cpu", "wasm", "simd"]);
  const [cpu, ...others] = lines.map(([, , from, to, right]) => ({
    ...{ from: Number(from), to: Number(to), right: Number(right) },
  }));
  expect(cpu!.to).toBeLessThan(cpu!.from / 5);
  expect(cpu!.right).toBeGreaterThan(90);
  for (const other of others) {
    expect(other.from).toBeCloseTo(cpu!.from, 3);
    expect(other.to).toBeCloseTo(cpu!.to, 3);
  }
  expect(output).toMatch(/^simd took [\d.]+ times less than cpu, [\d.]+ times less than wasm$/m);
});

test("the network is plain tfjs, and of Trivium the program imports the backend alone", () => {
  expect(importsOf("network.ts")).toEqual(["@tensorflow/tfjs-core", "@tensorflow/tfjs-layers"]);
  expect(importsOf("main.ts").filter((name) => name?.startsWith("@trivium/"))).toEqual(["@trivium/backend-simd"]);
});
