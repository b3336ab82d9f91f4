import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { HubEvent } from "./hub-options.ts";
import { hubFiles, modelFiles } from "./node.ts";
import { COMMIT, type HubServer, MODEL, refuse, serveHub } from "./testing/hub-server.ts";

const weights = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251));
const config = JSON.stringify({ model_type: "llama" });

let hub: HubServer;
let cache: string;

beforeEach(async () => {
  hub = await serveHub({
    "config.json": config,
    "model.safetensors": weights,
    "pytorch_model.bin": "never",
    "onnx/model.onnx": "never",
    "empty.txt": "",
    "../../evil": "no",
  });
  cache = await mkdtemp(join(tmpdir(), "trivium-hub-"));
  vi.stubEnv("HF_TOKEN", undefined);
  vi.stubEnv("HF_HUB_OFFLINE", undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub[Symbol.asyncDispose]();
  await rm(cache, { recursive: true });
});

const open = (more: Parameters<typeof hubFiles>[1] = {}) =>
  hubFiles({ id: MODEL }, { endpoint: hub.endpoint, cache, pauseSeconds: 0, ...more });
const stored = () => join(cache, "models--someone--tiny");
const rangesOf = (path: string) => hub.requests.filter((one) => one.includes(path));

test("files come into the cache when they are read, by the layout of Hugging Face's programs", async () => {
  const files = await open();
  expect(files.name).toBe(`${MODEL}@${COMMIT}`);
  expect((await files.list()).toSorted()).toEqual([
    "config.json",
    "empty.txt",
    "model.safetensors",
    "onnx",
    "pytorch_model.bin",
  ]);
  expect(await files.list("onnx")).toEqual(["model.onnx"]);
  expect(await files.size("model.safetensors")).toBe(weights.length);
  expect(new TextDecoder().decode(await files.read("config.json"))).toBe(config);
  expect((await files.read("empty.txt")).length).toBe(0);
  expect(Buffer.from(await files.read("model.safetensors", { start: 5000, end: 5010 }))).toEqual(
    weights.subarray(5000, 5010),
  );
  expect((await readdir(join(stored(), "snapshots", COMMIT))).toSorted()).toEqual([
    "config.json",
    "empty.txt",
    "model.safetensors",
  ]);
  expect(await readFile(join(stored(), "refs/main"), "utf8")).toBe(COMMIT);
  expect((await readdir(join(stored(), "blobs"))).some((name) => name.endsWith(".incomplete"))).toBe(false);
  // What nobody read was not asked for.
  expect(hub.requests.some((one) => /bin|onnx\/|evil/.test(one))).toBe(false);
});

test("a header is read over the network alone", async () => {
  const files = await open();
  const head = await files.read("model.safetensors", { start: 0, end: 8 });
  expect(Buffer.from(head)).toEqual(weights.subarray(0, 8));
  expect(Buffer.from(await files.read("model.safetensors", { start: 8, end: 100 }))).toEqual(weights.subarray(8, 100));
  await expect(readdir(join(stored(), "blobs"))).rejects.toThrow();
});

test("what is in the cache is not fetched again, and opens offline by its branch or its commit", async () => {
  await (await open()).read("config.json");
  const before = rangesOf("config.json").length;
  await (await open()).read("config.json");
  expect(rangesOf("config.json").length).toBe(before);
  const asked = hub.requests.length;
  for (const revision of ["main", COMMIT]) {
    const files = await open({ offline: true, revision });
    expect([files.name, await files.list()]).toEqual([`${MODEL}@${COMMIT}`, ["config.json"]]);
    expect(new TextDecoder().decode(await files.read("config.json"))).toBe(config);
    await expect(files.read("model.safetensors")).rejects.toThrow(/not in the cache; leave --offline/);
  }
  vi.stubEnv("HF_HUB_OFFLINE", "1");
  expect(await (await open()).list()).toEqual(["config.json"]);
  await expect(open({ revision: "v1" })).rejects.toMatchObject({ code: "hub/offline" });
  expect(hub.requests.length).toBe(asked);
});

test("a revision is a branch, a tag or a commit, and another one is refused by name", async () => {
  expect((await open({ revision: "v1" })).name).toBe(`${MODEL}@${COMMIT}`);
  await expect(open({ revision: "v2" })).rejects.toThrow(/no model someone\/tiny at revision v2 \(404\)/);
  await expect(open({ revision: "../../x" })).rejects.toMatchObject({ code: "hub/name" });
});

test("no path leads out of the cache", async () => {
  const files = await open();
  for (const path of ["../../evil", "/etc/passwd", "a/../../b"])
    await expect(files.read(path)).rejects.toMatchObject({ code: "hub/not-found" });
});

describe("a download", () => {
  test("that breaks goes on where it stopped", async () => {
    let breaks = 3;
    hub.disturb = ({ url = "", headers }, response) => {
      if (!url.endsWith("model.safetensors") || headers.range === "bytes=0-0" || breaks-- <= 0) return false;
      const [, start] = /bytes=(\d+)/.exec(headers.range ?? "") ?? [];
      response.writeHead(206, { "Content-Length": weights.length - Number(start) });
      response.write(weights.subarray(Number(start), Number(start) + 50_000), () => response.destroy());
      return true;
    };
    const events: HubEvent[] = [];
    const files = await open({ onEvent: (event) => events.push(event) });
    expect(Buffer.from(await files.read("model.safetensors"))).toEqual(weights);
    const starts = rangesOf("model.safetensors").filter((one) => !one.endsWith("=0-0"));
    expect(starts.length).toBe(4);
    expect(starts.at(-1)).not.toContain("bytes=0-");
    expect(events.filter(({ type }) => type === "wait").length).toBe(3);
    expect(events.at(-1)).toEqual({ type: "download", path: "model.safetensors", done: 300_000, total: 300_000 });
  });

  test("that keeps breaking is refused, is not taken for whole, and goes on the next time", async () => {
    hub.disturb = ({ url = "", headers }, response) => {
      if (!url.endsWith("model.safetensors") || headers.range === "bytes=0-0") return false;
      if (headers.range?.startsWith("bytes=0-")) {
        response.writeHead(206, { "Content-Length": weights.length });
        response.write(weights.subarray(0, 40_000), () => response.destroy());
      } else response.destroy();
      return true;
    };
    await expect((await open()).read("model.safetensors")).rejects.toThrow(
      /^the connection broke after \d+ of 300000 bytes of model.safetensors; the same command goes on from there$/,
    );
    await expect(readdir(join(stored(), "snapshots", COMMIT))).resolves.toEqual([]);
    const offline = await open({ offline: true });
    await expect(offline.read("model.safetensors")).rejects.toMatchObject({ code: "hub/offline" });
    hub.disturb = () => false;
    expect(Buffer.from(await (await open()).read("model.safetensors"))).toEqual(weights);
    expect(rangesOf("model.safetensors").at(-1)).toContain("bytes=40000-299999");
  });

  test("of which a wrong part lay there begins again", async () => {
    const files = await open();
    await files.read("model.safetensors");
    const [name] = (await readdir(join(stored(), "blobs"))) as [string];
    await rm(join(stored(), "blobs", name));
    await writeFile(join(stored(), "blobs", `${name}.incomplete`), Buffer.alloc(1000, 7));
    expect(Buffer.from(await files.read("model.safetensors"))).toEqual(weights);
  });

  test("of another content than listed is refused and removed", async () => {
    hub.disturb = ({ url = "", headers }, response) => {
      if (!url.endsWith("config.json") || headers.range === "bytes=0-0") return false;
      response.writeHead(206, { "Content-Length": config.length }).end("x".repeat(config.length));
      return true;
    };
    await expect((await open()).read("config.json")).rejects.toThrow(/config.json of someone\/tiny has another digest/);
    expect(await readdir(join(stored(), "blobs"))).toEqual([]);
  });

  test("of a file that was cut off in the cache begins again", async () => {
    const files = await open();
    await files.read("model.safetensors");
    const [name] = (await readdir(join(stored(), "blobs"))) as [string];
    await truncate(join(stored(), "blobs", name), 1000);
    expect(Buffer.from(await files.read("model.safetensors"))).toEqual(weights);
  });

  test("from a server without ranges is refused", async () => {
    hub.disturb = ({ url = "", headers }, response) => {
      if (!url.endsWith("config.json") || headers.range === "bytes=0-0") return false;
      response.writeHead(200).end(config);
      return true;
    };
    await expect((await open()).read("config.json")).rejects.toThrow(/does not answer a range of config.json/);
  });
});

describe("a hub that", () => {
  const always = (status: number, code: string) => {
    hub.disturb = (_, response) => {
      refuse(response, status, code);
      return true;
    };
  };

  test.each([
    [401, "hub/unauthorized", /set HF_TOKEN to a token that may read it/],
    [403, "hub/unauthorized", /accept its terms/],
    [404, "hub/not-found", /check the name and the revision/],
    [429, "hub/busy", /too many requests \(429\)/],
    [500, "hub/answer", /answers 500/],
  ])("answers %i is told in one line", async (status, code, message) => {
    always(status, "Refused");
    const refusal = open();
    await expect(refusal).rejects.toMatchObject({ code });
    await expect(refusal).rejects.toThrow(message);
  });

  test("has too many requests is asked again after the time that it names", async () => {
    const waits: HubEvent[] = [];
    let busy = 2;
    hub.disturb = (_, response) => {
      if (busy-- <= 0) return false;
      response.setHeader("Retry-After", busy === 1 ? "0" : new Date(0).toUTCString());
      refuse(response, 429, "Busy");
      return true;
    };
    await open({ pauseSeconds: 100, onEvent: (event) => waits.push(event) });
    expect(waits).toMatchObject([
      { type: "wait", seconds: 0, reason: expect.stringContaining("429") },
      { type: "wait", seconds: 0 },
    ]);
  });

  test("asks for hours is not waited for", async () => {
    hub.disturb = (_, response) => {
      response.setHeader("Retry-After", "7200");
      refuse(response, 429, "Busy");
      return true;
    };
    await expect(open()).rejects.toThrow(/asks for 7200 s; try again then/);
  });

  test("is none is told", async () => {
    hub.disturb = (_, response) => {
      response.end("<html>");
      return true;
    };
    await expect(open()).rejects.toThrow(/gives no answer that can be read on .*; is it a hub\?/);
  });

  test("cannot be reached is told, with the way out", async () => {
    await expect(open({ endpoint: "http://127.0.0.1:1" })).rejects.toThrow(
      /127\.0\.0\.1:1 cannot be reached \(.*\); check the network, or take --offline/,
    );
  });
});

test("a token goes to the hub alone and is in no message", async () => {
  vi.stubEnv("HF_TOKEN", "hf_secret");
  const elsewhere = await serveHub({ "config.json": config });
  hub.disturb = ({ url = "" }, response) => {
    if (!url.includes("/resolve/")) return false;
    response.writeHead(302, { Location: `${elsewhere.endpoint}${url}` }).end();
    return true;
  };
  await (await open()).read("config.json");
  expect(new Set(hub.tokens)).toEqual(new Set(["Bearer hf_secret"]));
  expect([elsewhere.tokens, elsewhere.requests.length > 0]).toEqual([[], true]);
  await elsewhere[Symbol.asyncDispose]();
  hub.disturb = (_, response) => {
    refuse(response, 401, "Refused");
    return true;
  };
  await expect(open()).rejects.toThrow(/whether the token in HF_TOKEN may read it/);
  for (const token of ["secret", "hf_a\nb"]) {
    const refusal = await open({ token }).catch((error: Error) => error);
    expect(refusal).toMatchObject({ code: "hub/token" });
    expect(String((refusal as Error).message)).not.toMatch(/secret|hf_a/);
  }
});

test("one file of several is a model by itself", async () => {
  const files = await hubFiles({ id: MODEL, file: "model.safetensors" }, { endpoint: hub.endpoint, cache });
  expect(await files.list()).toEqual(["model.safetensors"]);
});

describe("a place is", () => {
  test("a path where there is one, or where its first folder is", async () => {
    const cwd = process.cwd();
    process.chdir(cache);
    try {
      await mkdir("someone");
      expect((await modelFiles(MODEL, { endpoint: hub.endpoint, cache })).name).toBe(MODEL);
      await expect(modelFiles("nope", { revision: "v1" })).rejects.toMatchObject({ code: "hub/revision" });
      await rm("someone", { recursive: true });
      expect((await modelFiles("runs/words", { endpoint: hub.endpoint, cache })).name).toBe("runs/words");
      expect(hub.requests).toEqual([]);
      expect((await modelFiles(MODEL, { endpoint: hub.endpoint, cache })).name).toBe(`${MODEL}@${COMMIT}`);
    } finally {
      process.chdir(cwd);
    }
  });

  test("what the hub lacks may have been a folder, which is not there", async () => {
    const asked = { endpoint: hub.endpoint, cache, pauseSeconds: 0 };
    await expect(modelFiles("my-models/words", asked)).rejects.toMatchObject({
      code: expect.stringMatching(/^hub\//),
      message: expect.stringMatching(/^there is no folder my-models\/words here, and .* model my-models\/words/),
    });
    await expect(modelFiles("hf:my-models/words", asked)).rejects.toThrow(/^(?!there is no folder)/);
  });

  test("a model of the hub behind hf:", async () => {
    expect((await modelFiles(`hf:${MODEL}@v1`, { endpoint: hub.endpoint, cache })).name).toBe(`${MODEL}@${COMMIT}`);
  });
});
