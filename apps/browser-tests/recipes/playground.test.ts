import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { causal, or, parseMask, prefix, sameMask, visiblePairs } from "@trivium/masks";
import { type PlaygroundServer, servePlayground } from "@trivium/playground";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildPlayground } from "../src/build-playground.ts";
import { findChromium, NO_CHROMIUM } from "../src/find-chromium.ts";
import { withPage } from "../src/open-page.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let folder: string;
const servers: Partial<Record<"isolated" | "plain", PlaygroundServer>> = {};

beforeAll(async () => {
  folder = await buildPlayground();
  servers.isolated = await servePlayground({ folder });
  servers.plain = await servePlayground({ folder, isolated: false });
}, 120_000);

afterAll(() => {
  for (const server of Object.values(servers)) server.close();
  rmSync(folder, { recursive: true });
});

const open = <Output>(hash: string, use: (page: Page) => Promise<Output>, place: "isolated" | "plain" = "isolated") =>
  withPage({ url: `${servers[place]?.url}${hash}`, screen: { viewport: { width: 1280, height: 900 } } }, use);

const sizeOf = (file: string) => gzipSync(readFileSync(join(folder, file))).length;

interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
}

test("the first load is small, and the page of masks loads no training code", () => {
  const manifest: Readonly<Record<string, Chunk>> = JSON.parse(
    readFileSync(join(folder, ".vite/manifest.json"), "utf8"),
  );
  const reached = new Set<string>();
  const reach = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const next of manifest[name]?.imports ?? []) reach(next);
  };
  reach("index.html");
  const chunks = [...reached].map((name) => manifest[name] as Chunk);
  const scripts = chunks.map(({ file }) => file);
  expect(scripts.reduce((sum, file) => sum + sizeOf(file), 0)).toBeLessThanOrEqual(60 * 1024);
  const styles = chunks.flatMap(({ css = [] }) => css);
  expect(styles.reduce((sum, file) => sum + readFileSync(join(folder, file)).length, 0)).toBeLessThanOrEqual(12 * 1024);
  const code = scripts.map((file) => readFileSync(join(folder, file), "utf8")).join("");
  const [worker] = /training-worker-[\w-]+\.js/.exec(code) ?? [];
  expect(sizeOf(`assets/${worker}`)).toBeLessThanOrEqual(300 * 1024);
  const chart = Object.values(manifest).find(({ file }) => file.includes("uplot-chart"));
  expect(sizeOf(chart?.file ?? "")).toBeLessThanOrEqual(25 * 1024);
  // What trains, and what only importers need, is behind a dynamic import or in the worker.
  for (const word of ["adam-w", "tfjs", "relaxed SIMD", "uPlot", "data/line"]) expect(code).not.toContain(word);
  expect(readFileSync(join(folder, "index.html"), "utf8")).not.toMatch(/ 'unsafe-eval'/);
});

const readers = [
  { width: 1280, colorScheme: "light", locale: "en-US", place: "isolated" },
  { width: 320, colorScheme: "dark", locale: "zh-CN", place: "plain" },
] as const;
const hashes = [
  "#/mask?l=yes&m=prefix(5)+|+causal&b=4&z=causal",
  "#/mask?s=two&m=causal",
  "#/train?t=own",
  "#/mask?q=0&m=pre&no=1",
];

test.for(readers)(
  "no screen has an error or an obstacle, at $width px, $colorScheme, $locale",
  async (reader, context) => {
    context.skip(findChromium() === undefined, NO_CHROMIUM);
    const { width, colorScheme, locale, place } = reader;
    const screen = { viewport: { width, height: 900 }, colorScheme, locale };
    await withPage({ url: `${servers[place]?.url}#/mask`, screen }, async (page) => {
      for (const hash of hashes) {
        await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
        await page.waitForTimeout(100);
        expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), hash).toBe(true);
        const violations = await page.evaluate(
          `${axe}; axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))`,
        );
        expect(violations, hash).toEqual([]);
      }
    });
  },
);

test("algebra that is typed is the package's own, and what is wrong stands at its token", async (context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  await open("#/mask?q=12", async (page) => {
    await page.getByLabel("Mask", { exact: true }).fill("prefix(3) | causal");
    const pairs = visiblePairs(or(prefix({ lengths: 3 }), causal()), { queries: 12, keys: 12 });
    await expect.poll(() => page.locator('[data-fact="pairs"]').textContent()).toBe(`${pairs} of 144`);
    await page.getByLabel("Mask", { exact: true }).fill("prefix(3) | casual");
    await expect.poll(() => page.locator("mark").textContent()).toBe("casual");
    expect(await page.locator(".error").first().textContent()).toContain('did you mean "causal"?');
  });
});

test("a mask painted by keyboard alone is found again, is undone, and is the same from its link", async (context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  const pictureOf = (page: Page) => page.evaluate<string>('document.querySelector("canvas").toDataURL()');
  const { link, picture } = await open("#/mask?m=causal", async (page) => {
    await page.getByRole("grid").focus();
    for (const key of ["Home", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Enter"])
      await page.keyboard.press(key);
    for (const key of ["Home", "ArrowDown", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "Enter"]) {
      await page.keyboard.press(key);
    }
    for (const key of ["Home", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", " "])
      await page.keyboard.press(key);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Find the algebra" }).click();
    const found = await page.getByText("The picture is").textContent();
    const text = found?.replace("The picture is ", "") ?? "";
    expect(sameMask(parseMask(text), parseMask("prefix(4) | causal"))).toBe(true);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Redo" }).click();
    await page.mouse.move(0, 0);
    await page.waitForTimeout(400);
    return { link: page.url(), picture: await pictureOf(page) };
  });
  const again = await open(link.slice(link.indexOf("#")), async (page) => ({
    picture: await pictureOf(page),
    pairs: await page.locator('[data-fact="pairs"]').textContent(),
  }));
  expect(again).toEqual({ picture, pairs: "42 of 64" });
});

test("a planted leak is listed with its way", async (context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  await open("#/mask?m=causal+|+causal(3)+%26+!causal(2)&l=yes", async (page) => {
    await page.getByRole("button", { name: "2 ← 0 ← 3" }).click();
    await page.getByRole("button", { name: "Next" }).click();
    expect(await page.locator("main").textContent()).toContain("Step 2 of 2. Layer 1: 0 reads 3.");
  });
});

const tables = fileURLToPath(new URL("../../playground/.readme/", import.meta.url));

/** Runs an exported program in Node, and returns what it printed. */
function runProgram(name: string, program: string): unknown {
  mkdirSync(tables, { recursive: true });
  const file = join(tables, `${name}.ts`);
  writeFileSync(file, program);
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--conditions=@trivium/source", file], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

const runs = [
  { hash: "#/train?p=shared&w=16&h=2&b=8", place: "isolated" },
  {
    hash: "#/train?t=own&w=16&h=2&b=8&y=1",
    place: "plain",
    pairs: "one\teins\ntwo\tzwei\nthree\tdrei\nfour\tvier\nfive\tfünf",
  },
] as const;

test.for(runs)(
  "$hash: losses of the page are those of its exported program in Node, bit for bit",
  async (run, context) => {
    context.skip(findChromium() === undefined, NO_CHROMIUM);
    const { hash, place } = run;
    const use = async (page: Page) => {
      if ("pairs" in run) {
        await page.locator("textarea").fill(`${run.pairs}\nno tab`);
        await page.locator("textarea").blur();
        await expect
          .poll(() => page.locator("#pairs-said").textContent())
          .toContain("pairs.tsv:6: expected source, tab, target");
        await page.locator("textarea").fill(run.pairs);
        await page.locator("textarea").blur();
      }
      await page.getByRole("button", { name: "10 steps" }).click();
      await page.getByText("Paused").waitFor({ timeout: 60_000 });
      const save = async (name: string) => {
        const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
        return readFileSync(await file.path(), "utf8");
      };
      const tokens = await page.locator('[data-fact="tokens"]').allTextContents();
      return { tokens, losses: JSON.parse(await save("Losses")), program: await save("Program") };
    };
    const { tokens, losses, program } = await open(hash, use, place);
    expect(new Set(tokens).size).toBe(1);
    expect(Object.values(losses).map((own) => (own as number[]).length)).toEqual([10, 10, 10]);
    expect(runProgram(`train-${place}`, program)).toEqual(losses);
  },
);

test("reversal is learned by all three within a minute, and memory stays as it is", async (context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  context.skip(process.env.TRIVIUM_LONG === undefined, "two idle cores for a minute: pnpm check:long has them");
  await open("#/train", async (page) => {
    const losses = async () => (await page.locator('[data-fact="loss"]').allTextContents()).map(Number);
    const begin = performance.now();
    await page.getByRole("button", { name: "Play" }).click();
    await expect.poll(async () => (await losses()).every((loss) => loss < 0.1), { timeout: 120_000 }).toBe(true);
    expect(performance.now() - begin).toBeLessThan(60_000);
    const bytes = async () => {
      const { bytes: used } = await page.evaluate<{ bytes: number }>("performance.measureUserAgentSpecificMemory()");
      return used;
    };
    const before = await bytes();
    await page.waitForTimeout(20_000);
    // The points of the curves are kept: a few hundred bytes a step.
    expect(await bytes()).toBeLessThan(before + 20e6);
  });
});
