import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface PageServerOptions {
  /** The page's module, served as `/page.js`. */
  readonly script: string;
  /** True if the page gets the headers that make it cross-origin isolated, and with it threads. */
  readonly isolated: boolean;
  /** The page's content security policy, if any. */
  readonly policy?: string | undefined;
}

const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const wasmFolder = join(
  dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json")),
  "dist",
);

/** Asks for no icon, which the server has not. */
const document = '<!doctype html><title>Trivium</title><link rel="icon" href="data:,">';
/** Runs what a page would run, in a dedicated worker of it. */
const workerScript = `import { main } from "/page.js";
onmessage = ({ data }) =>
  main(data).then(
    (output) => postMessage({ output }),
    (error) => postMessage({ error: String(error) }),
  );`;

/** Serves an empty page, its script, the same for a worker, and tfjs's `.wasm` files under `/wasm/`, on a free local port. */
export async function startPageServer({ script, isolated, policy }: PageServerOptions): Promise<PageServer> {
  const answer = async (path: string, response: ServerResponse) => {
    const headers = { ...(isolated ? isolation : {}), ...(policy ? { "Content-Security-Policy": policy } : {}) };
    const send = (type: string, body: string | Buffer) =>
      response.writeHead(200, { ...headers, "Content-Type": type }).end(body);
    if (path === "/") return send("text/html", document);
    if (path === "/page.js") return send("text/javascript", script);
    if (path === "/worker.js") return send("text/javascript", workerScript);
    if (path.endsWith(".wasm")) return send("application/wasm", await readFile(join(wasmFolder, basename(path))));
    return response.writeHead(404).end();
  };
  const server = createServer((request, response) => {
    answer(request.url ?? "/", response).catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
