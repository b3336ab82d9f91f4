import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Started, startTrivium } from "./run-trivium.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-watch-"));
const run = join(folder, "runs/a");
let watching: Started;
let url: string;

const stepLine = (step: number, loss: number) =>
  `${JSON.stringify({ type: "step", step, loss, learningRate: 0.1, tokensPerSecond: 500, seconds: 1 })}\n`;
const evaluationLine = (step: number) => `${JSON.stringify({ type: "evaluated", step, metrics: { per: 0.25 } })}\n`;

beforeAll(async () => {
  mkdirSync(run, { recursive: true });
  const identity = { schedule: { steps: 100 } };
  writeFileSync(join(run, "run.json"), JSON.stringify({ format: "trivium-run", version: 1, identity }));
  writeFileSync(join(run, "metrics.jsonl"), stepLine(1, 3) + stepLine(2, 2.5) + evaluationLine(2));
  watching = startTrivium(["watch", "runs"], folder);
  url = await new Promise<string>((resolve, reject) => {
    watching.child.stdout!.on("data", (text) => resolve(String(text).trim()));
    watching.ended.then(({ stderr }) => reject(new Error(stderr)));
  });
});

afterAll(async () => {
  watching.child.kill("SIGINT");
  expect(await watching.ended).toMatchObject({ code: 0 });
  rmSync(folder, { recursive: true });
});

/** The first pieces of news, and what comes after each act. */
async function newsOf(acts: readonly (() => void)[]): Promise<unknown[]> {
  const response = await fetch(`${url}events`);
  const news: unknown[] = [];
  let text = "";
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (text + piece).split("\n\n");
    text = lines.pop() as string;
    for (const line of lines) {
      news.push(JSON.parse(line.replace(/^data: /, "")));
      if (news.length > acts.length) return news;
      acts[news.length - 1]?.();
    }
  }
  return news;
}

test("what is appended arrives, half a line when it is whole, and all again after the file was cut back", async () => {
  const metrics = join(run, "metrics.jsonl");
  const whole = stepLine(3, 2);
  const acts = [
    () => appendFileSync(metrics, whole + stepLine(4, 1.5).slice(0, 9)),
    () => appendFileSync(metrics, stepLine(4, 1.5).slice(9)),
    () => writeFileSync(metrics, stepLine(1, 3)),
  ];
  const points = (...steps: number[]) => ({ points: steps.map((step) => expect.objectContaining({ step })) });
  expect(await newsOf(acts)).toMatchObject([
    { run: "runs/a", isRunning: false, steps: 100, ...points(1, 2, 2) },
    points(3),
    points(4),
    points(1),
  ]);
});

test("only this machine's own names are answered, and nothing else than the page is served", async () => {
  const status = async (path: string, options = {}) => (await fetch(new URL(path, url), options)).status;
  expect([await status("/"), await status("/uplot.js"), await status("/watch.js")]).toEqual([200, 200, 200]);
  expect([await status("/../package.json"), await status("/toString")]).toEqual([404, 404]);
  expect(await status("/", { method: "POST" })).toBe(405);
  const { get } = await import("node:http");
  const named = new Promise((resolve) => {
    get(url, { headers: { host: "elsewhere.example" } }, ({ statusCode }) => resolve(statusCode));
  });
  expect(await named).toBe(403);
});

test("a port that is taken is one line", async () => {
  const { code, stderr } = await startTrivium(["watch", "runs", "--port", new URL(url).port], folder).ended;
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^trivium: cannot listen on port \d+: .*EADDRINUSE.*--port\n$/),
  ]);
});
