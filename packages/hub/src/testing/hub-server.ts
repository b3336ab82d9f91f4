import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A hub of one model, `someone/tiny`, on this machine. */
export interface HubServer extends AsyncDisposable {
  readonly endpoint: string;
  /** Requests so far: `"GET /api/models/…"`, with the range if there is one. */
  readonly requests: readonly string[];
  /** The headers of the last request that came with a token. */
  readonly tokens: readonly string[];
  /** Answers instead of the hub, where it returns true. Default: never. */
  disturb: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
export const MODEL = "someone/tiny";

const sha1 = (content: Buffer): string =>
  createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");

/** What the hub says of a file: one of many bytes is kept by its SHA-256. */
function entryOf(path: string, content: Buffer) {
  const entry = { type: "file", path, size: content.length, oid: sha1(content) };
  if (!path.endsWith(".safetensors") && !path.endsWith(".gguf")) return entry;
  const oid = createHash("sha256").update(content).digest("hex");
  return { ...entry, oid: "a".repeat(40), lfs: { oid, size: content.length, pointerSize: 130 } };
}

/** Serves files as `huggingface.co` does: the model, its tree in pages of two, and ranges of files. */
export async function serveHub(files: Readonly<Record<string, Buffer | string>>): Promise<HubServer> {
  const contents = Object.entries(files).map(([path, content]) => [path, Buffer.from(content)] as const);
  const tree = contents.map(([path, content]) => entryOf(path, content));
  const [requests, tokens]: [string[], string[]] = [[], []];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { url = "", headers } = request;
    requests.push([request.method, url.split("?")[0], headers.range].filter(Boolean).join(" "));
    if (headers.authorization) tokens.push(headers.authorization);
    if (hub.disturb(request, response)) return;
    const { pathname, searchParams } = new URL(url, hub.endpoint);
    if (pathname.startsWith(`/api/models/${MODEL}/revision/`)) {
      const revision = decodeURIComponent(pathname.split("/").at(-1) as string);
      if (!["main", "v1", COMMIT].includes(revision)) return void refuse(response, 404, "RevisionNotFound");
      return void json(response, { _id: "1", id: MODEL, sha: COMMIT, lastModified: "2026-01-01T00:00:00.000Z" });
    }
    if (pathname === `/api/models/${MODEL}/tree/${COMMIT}`) {
      const start = Number(searchParams.get("start") ?? 0);
      const next = `<${hub.endpoint}${pathname}?start=${start + 2}>; rel="next"`;
      if (start + 2 < tree.length) response.setHeader("Link", next);
      return void json(response, tree.slice(start, start + 2));
    }
    const [, content] = contents.find(([path]) => pathname === `/${MODEL}/resolve/${COMMIT}/${path}`) ?? [];
    if (content) return void sendRange(response, content, headers.range);
    return void refuse(response, 401, "RepoNotFound");
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const hub: HubServer = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    tokens,
    disturb: () => false,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return hub;
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.end(JSON.stringify(value));
}

/** Refuses as the hub does. */
export function refuse(response: ServerResponse, status: number, code: string): void {
  response.statusCode = status;
  response.setHeader("X-Error-Code", code);
  json(response, { error: code });
}

function sendRange(response: ServerResponse, content: Buffer, range = ""): void {
  const [, from = "", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  const [start, last] = [Number(from), to === "" ? content.length - 1 : Number(to)];
  const part = content.subarray(start, last + 1);
  response.statusCode = range === "" ? 200 : 206;
  response.setHeader("ETag", `"${sha1(content)}"`);
  response.setHeader("Content-Length", part.length);
  if (range !== "") response.setHeader("Content-Range", `bytes ${start}-${start + part.length - 1}/${content.length}`);
  response.end(part);
}
