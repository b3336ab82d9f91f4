import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL("..", import.meta.url));

test("an encoder of 60 lines learns to fill hidden letters from both sides", () => {
  expect(
    readFileSync(new URL("../main.ts", import.meta.url), "utf8")
      .trimEnd()
      .split("\n").length,
  ).toBeLessThan(61);
  const output = execFileSync(process.execPath, ["--conditions=@trivium/source", "main.ts"], { cwd, encoding: "utf8" });
  const [, loss, tokens] = /([\d.]+) nats for each of (\d+) hidden letters/.exec(output) ?? [];
  expect(Number(tokens)).toBeGreaterThan(200);
  // One of six or so has its mirror hidden too, and costs ln 8 whatever the model: about 0.3 nats of 2.08 remain.
  expect(Number(loss)).toBeLessThan(0.5);
});
