import { UnsupportedError } from "@trivium/core";
import { chromium } from "playwright-core";
import { bundlePage } from "./bundle-page.ts";
import { findChromium, NO_CHROMIUM } from "./find-chromium.ts";
import { startPageServer } from "./page-server.ts";

/** No network of its own, no sandbox (containers have none), and software devices for WebGL and WebGPU. */
const flags = [
  "--no-sandbox",
  "--no-first-run",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

export interface PageRun {
  /** A module with `export function main(input)`; what it returns must survive JSON. */
  readonly entry: URL;
  readonly isolated: boolean;
  readonly input?: unknown;
}

/**
 * Bundles a module, opens it in a page of headless Chromium and returns what its `main` returned.
 *
 * @throws {UnsupportedError} `browser-tests/chromium` where there is no Chromium.
 */
export async function runInChromium<Output>({ entry, isolated, input }: PageRun): Promise<Output> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new UnsupportedError("browser-tests/chromium", NO_CHROMIUM);
  const server = await startPageServer({ script: await bundlePage(entry.pathname), isolated });
  try {
    const browser = await chromium.launch({ executablePath, args: flags });
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      // As text: a test runner that rewrites imports would rewrite a function's too.
      const call = `import("/page.js").then(({ main }) => main(${JSON.stringify(input)}))`;
      return (await page.evaluate(call)) as Output;
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
}
