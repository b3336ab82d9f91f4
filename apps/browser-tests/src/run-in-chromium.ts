import { bundlePage } from "./bundle-page.ts";
import { openPage } from "./open-page.ts";
import { startPageServer } from "./page-server.ts";

export interface PageRun {
  /** A module with `export function main(input)`; what it returns must survive JSON. */
  readonly entry: URL;
  readonly isolated: boolean;
  readonly input?: unknown;
  /** The place of the run: the page's main thread, or a dedicated worker of the page. Default "page". */
  readonly place?: "page" | "worker";
  /** The page's content security policy, if any. */
  readonly policy?: string;
  /** Errors that the page is meant to log. */
  readonly allowedErrors?: RegExp;
}

/** Expressions by which a page comes to what `main` returns. */
const expressions = {
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
  const { entry, input, place = "page", allowedErrors } = run;
  const server = await startPageServer({ ...run, script: await bundlePage(entry.pathname) });
  try {
    return await openPage({ url: server.url, expression: expressions[place](JSON.stringify(input)), allowedErrors });
  } finally {
    await server.close();
  }
}
