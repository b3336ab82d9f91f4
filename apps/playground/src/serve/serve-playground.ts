import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError } from "@trivium/core";

export interface ServeOptions {
  /** Port on this machine; 0 for any that is free. Default 0. */
  readonly port?: number | undefined;
  /** Whether the page gets the headers that allow it threads. Default true. */
  readonly isolated?: boolean | undefined;
  /** The built page. Default: the one of this package. */
  readonly folder?: string | undefined;
}

/** A server of the playground, on this machine alone. */
export interface PlaygroundServer {
  /** The address of the page, ending in `/`. */
  readonly url: string;
  close(): void;
}

const isolation = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".safetensors": "application/octet-stream",
  ".tsv": "text/tab-separated-values; charset=utf-8",
  ".wasm": "application/wasm",
};

/** The built page beside the built module, or what `vite build` left where the sources are run. */
function builtPage(): string {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const places = [join(here, "page"), join(here, "../dist/page"), join(here, "../../dist/page")];
  const found = places.find((place) => existsSync(join(place, "index.html")));
  if (found) return found;
  const remedy = "build it with `pnpm --filter @trivium/playground build`";
  throw new ConfigError(
    "playground/not-built",
    `there is no built page in dist/page of @trivium/playground; ${remedy}`,
  );
}

/**
 * Serves the built playground on this machine, with the headers that make it cross-origin isolated.
 *
 * @throws {ConfigError} `playground/not-built` where there is no built page; rejects if the port is taken.
 * @example const { url } = await servePlayground();
 */
export async function servePlayground(options: ServeOptions = {}): Promise<PlaygroundServer> {
  const { port = 0, isolated = true, folder = builtPage() } = options;
  const server = createServer((request, response) => {
    answer(request, response, { folder, isolated }).catch(() => end(response, 404));
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  { method, url, headers }: IncomingMessage,
  response: ServerResponse,
  { folder, isolated }: { readonly folder: string; readonly isolated: boolean },
): Promise<void> {
  // Of another name, a page of elsewhere asks through a name that leads here.
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(headers.host ?? "")) return end(response, 403);
  if (method !== "GET" && method !== "HEAD") return end(response, 405);
  const path = normalize(decodeURIComponent(new URL(url ?? "/", "http://localhost").pathname));
  const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
  const type = types[extname(file)];
  if (!type || !file.startsWith(folder)) return end(response, 404);
  const content = await readFile(file);
  const shared = { "content-type": type, "cache-control": "no-cache", "x-content-type-options": "nosniff" };
  response.writeHead(200, isolated ? { ...shared, ...isolation } : shared);
  response.end(method === "HEAD" ? undefined : content);
}

function end(response: ServerResponse, code: number): void {
  if (!response.headersSent) response.writeHead(code);
  response.end();
}
