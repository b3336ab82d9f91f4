import { rmSync } from "node:fs";
import { type PlaygroundServer, servePlayground } from "@trivium/playground";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, type TestContext, test } from "vitest";
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
