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
  /** Whether the page gets the headers that make it cross-origin isolated, and with it threads. */
  readonly isolated: boolean;
}

const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const wasmFolder = join(
  dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json")),
  "dist",
);

/** Serves an empty page, its script, and tfjs's `.wasm` files under `/wasm/`, on a free local port. */
export async function startPageServer({ script, isolated }: PageServerOptions): Promise<PageServer> {
  const answer = async (path: string, response: ServerResponse) => {
    const headers = isolated ? isolation : {};
    const send = (type: string, body: string | Buffer) =>
      response.writeHead(200, { ...headers, "Content-Type": type }).end(body);
    if (path === "/") return send("text/html", "<!doctype html><title>Trivium</title>");
    if (path === "/page.js") return send("text/javascript", script);
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
