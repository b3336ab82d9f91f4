import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { findRuns } from "../runs/read-run.ts";
import { followRun } from "./follow-run.ts";
import { watchPage, watchScript } from "./watch-page.ts";

/** A server of a live page of runs, on this machine alone. */
export interface RunsServer {
  readonly url: string;
  close(): void;
}

/** Milliseconds between two looks at the runs. */
const INTERVAL = 1000;

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * Serves a page that draws the runs of a folder while they train. Runs that begin later appear in it.
 *
 * @param folder - a run, or a folder that holds some, or will.
 * @param port - 0: any that is free.
 */
export async function serveRuns(folder: string, port: number): Promise<RunsServer> {
  const asset = (file: string) => readFile(fileURLToPath(import.meta.resolve(`uplot/dist/${file}`)));
  const assets: Readonly<Record<string, readonly [type: string, content: () => Promise<Buffer> | string]>> = {
    "/": ["text/html", () => watchPage(folder)],
    "/watch.js": ["text/javascript", watchScript],
    "/uplot.js": ["text/javascript", () => asset("uPlot.iife.min.js")],
    "/uplot.css": ["text/css", () => asset("uPlot.min.css")],
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Of another name, a page of elsewhere asks through a name that leads here.
    if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(request.headers.host ?? "")) return end(response, 403);
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/events") return sendNews(folder, response);
    const found = Object.hasOwn(assets, path) ? assets[path] : undefined;
    if (!found || request.method !== "GET") return end(response, found ? 405 : 404);
    const [type, content] = found;
    const headers = { "content-type": `${type}; charset=utf-8`, "content-security-policy": policy };
    response.writeHead(200, { ...headers, "cache-control": "no-store", "x-content-type-options": "nosniff" });
    response.end(await content());
  };
  const server = createServer((request, response) => void answer(request, response).catch(() => end(response, 500)));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function end(response: ServerResponse, code: number): void {
  if (!response.headersSent) response.writeHead(code);
  response.end();
}

/** Server-sent events: what is new of each run, as JSON, until the page is closed. */
async function sendNews(folder: string, response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const following = new Map<string, ReturnType<typeof followRun>>();
  while (!response.destroyed) {
    for (const run of await findRuns(folder).catch(() => [])) {
      const next = following.get(run) ?? followRun(run);
      following.set(run, next);
      const news = await next();
      if (news) response.write(`data: ${JSON.stringify(news)}\n\n`);
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}
