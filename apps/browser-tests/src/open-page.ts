import { UnsupportedError } from "@trivium/core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findChromium, NO_CHROMIUM } from "./find-chromium.ts";

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

export interface PageOptions {
  readonly url: string;
  /** Errors that the page is meant to log. */
  readonly allowedErrors?: RegExp | undefined;
  /** The size, the theme and the language of the reader's screen. */
  readonly screen?: Pick<
    BrowserContextOptions,
    "viewport" | "colorScheme" | "locale" | "reducedMotion" | "deviceScaleFactor"
  >;
  /** Looked at as it is printed. Default: as on a screen. */
  readonly media?: "screen" | "print";
}

export interface OpenPageOptions extends PageOptions {
  /** The expression to evaluate in the page; as text, since a test runner that rewrites imports would rewrite a function's too. */
  readonly expression: string;
}

/** Milliseconds for which a browser without pages waits for the next one; starting a browser takes longer than most pages. */
const IDLE_MS = 1000;

let browser: Promise<Browser> | undefined;
let pages = 0;
let idle: NodeJS.Timeout | undefined;

async function closeBrowser(): Promise<void> {
  const closing = browser;
  browser = undefined;
  // One that could not be started has said so to those who wanted it.
  await closing?.then(
    (started) => started.close(),
    () => {},
  );
}

/** Calls `use` with the browser that all pages share; the browser closes when it has been without pages for a while. */
async function withBrowser<T>(executablePath: string, use: (browser: Browser) => Promise<T>): Promise<T> {
  clearTimeout(idle);
  pages++;
  browser ??= chromium.launch({ executablePath, args: flags });
  try {
    return await use(await browser);
  } finally {
    if (--pages === 0) idle = setTimeout(closeBrowser, IDLE_MS);
  }
}

/**
 * Opens a page in headless Chromium and returns the value, or what the promise resolves to, of an expression in it.
 *
 * Rejects with what the expression threw, and where the page logged errors, with those.
 *
 * @throws {UnsupportedError} `browser-tests/chromium` where there is no Chromium.
 */
export const openPage = <Output>({ expression, ...options }: OpenPageOptions): Promise<Output> =>
  withPage(options, async (page) => (await page.evaluate(expression)) as Output);

/**
 * Opens a page in headless Chromium, with storage of its own, does something with it, and closes it.
 *
 * Rejects with what was thrown meanwhile, and where the page logged errors, with those.
 *
 * @throws {UnsupportedError} `browser-tests/chromium` where there is no Chromium.
 */
export async function withPage<Output>(options: PageOptions, use: (page: Page) => Promise<Output>): Promise<Output> {
  const { url, allowedErrors, screen = {}, media = "screen" } = options;
  const executablePath = findChromium();
  if (executablePath === undefined) throw new UnsupportedError("browser-tests/chromium", NO_CHROMIUM);
  return withBrowser(executablePath, async (shared) => {
    const page = await shared.newPage(screen);
    try {
      const errors: string[] = [];
      const note = (text: string) => allowedErrors?.test(text) || errors.push(text);
      page.on("console", (message) => message.type() === "error" && note(message.text()));
      page.on("pageerror", (error) => note(error.message));
      await page.emulateMedia({ media });
      await page.goto(url);
      const output = await use(page);
      if (errors.length > 0) throw new Error(`the page logged errors:\n${errors.join("\n")}`);
      return output;
    } finally {
      await page.close();
    }
  });
}
