import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PlaygroundServer, servePlayground } from "./serve-playground.ts";

const outside = mkdtempSync(join(tmpdir(), "trivium-serve-"));
const folder = join(outside, "page");
let isolated: PlaygroundServer;
let plain: PlaygroundServer;

beforeAll(async () => {
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(folder, "index.html"), "<!doctype html>");
  writeFileSync(join(folder, "assets/a.js"), "1;");
  writeFileSync(join(outside, "secret.json"), "{}");
  isolated = await servePlayground({ folder });
  plain = await servePlayground({ folder, isolated: false });
});

afterAll(() => {
  isolated.close();
  plain.close();
  rmSync(outside, { recursive: true });
});

/** The answer to a path as it is written; `fetch` would tidy it. */
const ask = (server: PlaygroundServer, path: string, options: { method?: string; host?: string } = {}) =>
  new Promise<{ code: number | undefined; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const headers = options.host === undefined ? {} : { host: options.host };
    const asked = request({ hostname, port, path, method: options.method ?? "GET", headers }, (response) => {
      response.resume();
      resolve({ code: response.statusCode, headers: response.headers });
    });
    asked.on("error", reject).end();
  });

test("the page is served with the headers that allow it threads, or without", async () => {
  const { code, headers } = await ask(isolated, "/");
  expect([code, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
  expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
  expect(headers["cross-origin-embedder-policy"]).toBe("require-corp");
  expect((await ask(plain, "/assets/a.js")).headers).not.toHaveProperty("cross-origin-opener-policy");
  expect((await ask(plain, "/assets/a.js")).headers["content-type"]).toBe("text/javascript; charset=utf-8");
});

test.each([
  ["/nothing.js", {}, 404],
  ["/../secret.json", {}, 404],
  ["/..%2fsecret.json", {}, 404],
  ["/assets/", {}, 404],
  ["/%E0%A4%A", {}, 404],
  ["/", { method: "POST" }, 405],
  ["/", { host: "evil.example" }, 403],
])("%s with %j is answered with %i", async (path, options, code) => {
  expect((await ask(isolated, path, options)).code).toBe(code);
});
