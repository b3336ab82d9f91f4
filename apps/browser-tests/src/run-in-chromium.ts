import { UnsupportedError } from "@trivium/core";
import { chromium, type Page } from "playwright-core";
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
  /** Where it runs: on the page's main thread, or in a dedicated worker of the page. Default "page". */
  readonly place?: "page" | "worker";
  /** The page's content security policy, if any. */
  readonly policy?: string;
  /** Errors that the page is meant to log. */
  readonly allowedErrors?: RegExp;
}

/** The page's part, as text: a test runner that rewrites imports would rewrite a function's too. */
const calls = {
  page: (input: string) => `import("/page.js").then(({ main }) => main(${input}))`,
  worker: (input: string) => `new Promise((resolve, reject) => {
    const worker = new Worker("/worker.js", { type: "module" });
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.output));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(${input});
  })`,
};

/**
 * Bundles a module, opens it in a page of headless Chromium and returns what its `main` returned.
 *
 * Rejects with what `main` rejected with, and where the page logged errors, with those.
 *
 * @throws {UnsupportedError} `browser-tests/chromium` where there is no Chromium.
 */
export async function runInChromium<Output>(run: PageRun): Promise<Output> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new UnsupportedError("browser-tests/chromium", NO_CHROMIUM);
  const server = await startPageServer({ ...run, script: await bundlePage(run.entry.pathname) });
  try {
    const browser = await chromium.launch({ executablePath, args: flags });
    try {
      return await runInPage<Output>(await browser.newPage(), server.url, run);
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
}

async function runInPage<Output>(page: Page, url: string, { input, place = "page", allowedErrors }: PageRun) {
  const errors: string[] = [];
  const note = (text: string) => allowedErrors?.test(text) || errors.push(text);
  page.on("console", (message) => message.type() === "error" && note(message.text()));
  page.on("pageerror", (error) => note(error.message));
  await page.goto(url);
  const output = (await page.evaluate(calls[place](JSON.stringify(input)))) as Output;
  if (errors.length > 0) throw new Error(`the page logged errors:\n${errors.join("\n")}`);
  return output;
}
