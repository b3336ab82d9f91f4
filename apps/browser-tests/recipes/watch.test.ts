import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findChromium, NO_CHROMIUM } from "../src/find-chromium.ts";
import { openPage } from "../src/open-page.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-watch-page-"));
const main = fileURLToPath(new URL("../../cli/src/main.ts", import.meta.url));
let watching: ChildProcess;
let url: string;

beforeAll(async () => {
  const run = join(folder, "runs/a");
  mkdirSync(run, { recursive: true });
  const identity = { schedule: { steps: 100 } };
  writeFileSync(join(run, "run.json"), JSON.stringify({ format: "trivium-run", version: 1, identity }));
  const step = { type: "step", step: 1, loss: 3, learningRate: 0.1, tokensPerSecond: 500, seconds: 1 };
  writeFileSync(join(run, "metrics.jsonl"), `${JSON.stringify(step)}\n`);
  watching = spawn(process.execPath, ["--conditions=@trivium/source", main, "watch"], { cwd: folder });
  const [text] = await once(watching.stdout!, "data");
  url = String(text).trim();
});

afterAll(() => {
  watching.kill("SIGINT");
  rmSync(folder, { recursive: true });
});

test.for([1280, 320])("the page draws the run, at a width of %d", async (width, context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  const expression = `new Promise((resolve) => {
    const look = () => document.querySelectorAll("canvas").length >= 3
      ? resolve({
          row: [...document.querySelectorAll("tbody tr *")].map((cell) => cell.textContent),
          charts: [...document.querySelectorAll("section")].map((one) => one.getAttribute("aria-label")),
          isWithin: [...document.querySelectorAll("canvas")].every((one) => one.getBoundingClientRect().right <= innerWidth),
        })
      : setTimeout(look, 50);
    look();
  })`;
  const screen = { viewport: { width, height: 800 } };
  const page = await openPage<{ row: string[]; charts: string[]; isWithin: boolean }>({ url, expression, screen });
  expect(page.row.slice(0, 4)).toEqual(["runs/a", "stopped", "1/100", "3.0000"]);
  expect(page.charts).toContain("Loss, nats per supervised token");
  expect(page.isWithin).toBe(true);
});
