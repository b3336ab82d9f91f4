import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PlaygroundServer, servePlayground } from "@trivium/playground";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { buildPlayground } from "../src/build-playground.ts";
import { findChromium, NO_CHROMIUM } from "../src/find-chromium.ts";
import { withPage } from "../src/open-page.ts";

/** The built playground of a test file. */
export let folder: string;
/** Its servers: one whose pages are isolated, and a plain one. */
export const servers: Partial<Record<"isolated" | "plain", PlaygroundServer>> = {};

beforeAll(async () => {
  folder = await buildPlayground();
  servers.isolated = await servePlayground({ folder });
  servers.plain = await servePlayground({ folder, isolated: false });
}, 120_000);

afterAll(() => {
  for (const server of Object.values(servers)) server.close();
  rmSync(folder, { recursive: true });
});

/** Opens a screen at 1,280 pixels. */
export const open = <Output>(
  hash: string,
  use: (page: Page) => Promise<Output>,
  place: "isolated" | "plain" = "isolated",
): Promise<Output> =>
  withPage({ url: `${servers[place]?.url}${hash}`, screen: { viewport: { width: 1280, height: 900 } } }, use);

/** A test that skips, and says so, where there is no Chromium. */
export const testInChromium = (name: string, run: (context: TestContext) => Promise<void>): void =>
  test(name, (context) => {
    context.skip(findChromium() === undefined, NO_CHROMIUM);
    return run(context);
  });

/** Goes to another screen of a page that is open, and waits until the screen is there. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(`new Promise((done) => {
    if (location.hash === ${JSON.stringify(hash)}) return done();
    addEventListener("hashchange", () => setTimeout(done), { once: true });
    location.hash = ${JSON.stringify(hash)};
  })`);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Clicks a button that gives a file, and returns the file's bytes. */
export async function saved(page: Page, name: string): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
  return readFileSync(await file.path());
}

const tables = fileURLToPath(new URL("../../playground/.readme/", import.meta.url));

/** Runs an exported program in Node, and returns what it printed. */
export function runProgram(name: string, program: string): string {
  mkdirSync(tables, { recursive: true });
  const file = join(tables, `${name}.ts`);
  writeFileSync(file, program);
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--conditions=@trivium/source", file], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  return stdout;
}
