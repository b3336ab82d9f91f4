import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { causal, maskFromJson, or, parseMask, prefix, sameMask, visiblePairs } from "@trivium/masks";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findChromium, NO_CHROMIUM } from "../src/find-chromium.ts";
import { withPage } from "../src/open-page.ts";
import { folder, goTo, open, runProgram, saved, servers, testInChromium } from "./playground-site.ts";
// Their tests run here, on the same built page and in the same browser.
import "./playground-failures.ts";
import "./playground-models.ts";
import "./playground-speed.ts";
import "./playground-training.ts";
import "./playground-visitors.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const sizeOf = (file: string) => gzipSync(readFileSync(join(folder, file))).length;

interface Chunk {
  readonly file: string;
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
  const document = readFileSync(join(folder, "index.html"), "utf8");
  reach(Object.keys(manifest).find((name) => document.includes(manifest[name]?.file ?? "")) ?? "");
  const chunks = [...reached].map((name) => manifest[name] as Chunk);
  const scripts = chunks.map(({ file }) => file);
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.reduce((sum, file) => sum + sizeOf(file), 0)).toBeLessThanOrEqual(60 * 1024);
  const [styles = ""] = document.match(/(?<=<style>).*(?=<\/style>)/s) ?? [];
  expect(styles).toContain("--ground");
  expect(Buffer.byteLength(styles)).toBeLessThanOrEqual(12 * 1024);
  // Nothing is asked for before the page is there but one file of code.
  expect(document.match(/(?:src|href)="\.[^"]+"/g)).toHaveLength(1);
  const code = scripts.map((file) => readFileSync(join(folder, file), "utf8")).join("");
  for (const name of ["training-worker", "model-worker"]) {
    const worker = readdirSync(join(folder, "assets")).find((file) => file.startsWith(name));
    expect(sizeOf(`assets/${worker}`)).toBeLessThanOrEqual(300 * 1024);
    // Importers of foreign checkpoints are chunks of their own, and trainers stay out of the worker that looks.
    const text = readFileSync(join(folder, `assets/${worker}`), "utf8");
    expect(text).not.toContain("model.embed_tokens.weight");
    if (name === "model-worker") expect(text).not.toContain("trainer/diverged");
  }
  const chart = Object.values(manifest).find(({ file }) => file.includes("uplot-chart"));
  expect(sizeOf(chart?.file ?? "")).toBeLessThanOrEqual(25 * 1024);
  // What trains, and what only importers need, is behind a dynamic import or in the worker.
  for (const word of ["adam-w", "tfjs", "relaxed SIMD", "uPlot", "data/line"]) expect(code).not.toContain(word);
  expect(document).not.toMatch(/ 'unsafe-(?:eval|inline)'/);
});

const readers = [
  { width: 1280, colorScheme: "light", locale: "en-US", place: "isolated" },
  { width: 320, colorScheme: "dark", locale: "zh-CN", place: "plain" },
  { width: 1280, colorScheme: "dark", locale: "zh-CN", place: "plain" },
  { width: 320, colorScheme: "light", locale: "en-US", place: "isolated" },
] as const;
/** Addresses of the screens, each with what is there when the screen is. */
const hashes = {
  "#/mask?l=yes&m=prefix(5)+|+causal&b=4&z=causal": "[role=grid]",
  "#/mask?s=two&m=causal": "[role=grid]",
  "#/mask?q=0&m=pre&no=1": ".note",
  "#/train?t=own": "textarea",
  "#/": "[data-claim]",
  "#/look?r=yes&p=0.3.3.1.1": "[data-model] [role=grid]",
  "#/look?m=trained": ".note",
  "#/decode?i=2": ".tree",
  "#/decode?m=file&g=sample": "input[type=file]",
};

test.for(readers)(
  "no screen has an error or an obstacle, at $width px, $colorScheme, $locale",
  async (reader, context) => {
    context.skip(findChromium() === undefined, NO_CHROMIUM);
    const { width, colorScheme, locale, place } = reader;
    const screen = { viewport: { width, height: 900 }, colorScheme, locale };
    await withPage({ url: `${servers[place]?.url}#/mask`, screen }, async (page) => {
      await page.evaluate(axe);
      for (const [hash, there] of Object.entries(hashes)) {
        await goTo(page, hash);
        await page.locator(there).first().waitFor();
        expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), hash).toBe(true);
        const violations = await page.evaluate(
          `axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))`,
        );
        expect(violations, hash).toEqual([]);
      }
    });
  },
);

testInChromium("algebra that is typed is the package's own, and what is wrong stands at its token", async () => {
  await open("#/mask?q=12", async (page) => {
    await page.getByLabel("Mask", { exact: true }).fill("prefix(3) | causal");
    const pairs = visiblePairs(or(prefix({ lengths: 3 }), causal()), { queries: 12, keys: 12 });
    await expect.poll(() => page.locator('[data-fact="pairs"]').textContent()).toBe(`${pairs} of 144`);
    await page.getByLabel("Mask", { exact: true }).fill("prefix(3) | casual");
    await expect.poll(() => page.locator("mark").textContent()).toBe("casual");
    expect(await page.locator(".error").first().textContent()).toContain('did you mean "causal"?');
  });
});

testInChromium(
  "a mask painted by keyboard alone is found again, is undone, and is the same from its link",
  async () => {
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
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.getByRole("button", { name: "Copy link" }).click();
      await page.getByText("Copied").waitFor();
      const link = await page.evaluate<string>("navigator.clipboard.readText()");
      return { link, picture: await pictureOf(page) };
    });
    const again = await open(link.slice(link.indexOf("#")), async (page) => ({
      picture: await pictureOf(page),
      pairs: await page.locator('[data-fact="pairs"]').textContent(),
    }));
    expect(again).toEqual({ picture, pairs: "42 of 64" });
  },
);

testInChromium("a planted leak is listed with its way", async () => {
  await open("#/mask?m=causal+|+causal(3)+%26+!causal(2)&l=yes", async (page) => {
    await page.getByRole("button", { name: "2 ← 0 ← 3" }).click();
    await page.getByRole("button", { name: "Next" }).click();
    expect(await page.locator("main").textContent()).toContain("Step 2 of 2. Layer 1: 0 reads 3.");
  });
});

testInChromium("every claim of the report stands in the article with its verdict", async () => {
  const { claims } = JSON.parse(
    readFileSync(fileURLToPath(new URL("../../../docs/claims/report.json", import.meta.url)), "utf8"),
  );
  await open("#/", async (page) => {
    await page.locator("[data-claim]").first().waitFor();
    const shown = await page
      .locator("[data-claim]")
      .evaluateAll((all) => all.map((one) => one.getAttribute("data-claim")));
    expect(shown.toSorted()).toEqual(claims.map(({ id }: { id: string }) => id).toSorted());
    for (const { id, verdict } of claims) {
      expect(await page.locator(`[data-claim="${id}"] strong`).textContent()).toContain(verdict);
    }
  });
});

/** The share of a picture's pixels that are not as its first one, as Chromium opens it. */
const inkOf = (page: Page, bytes: Buffer, type: string) =>
  page.evaluate<number>(`(async () => {
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([Uint8Array.from(atob("${bytes.toString("base64")}"), (c) => c.charCodeAt(0))], { type: "${type}" }));
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return pixels.filter((pixel) => pixel !== pixels[0]).length / pixels.length;
  })()`);

testInChromium("exported pictures open and show something, and the exported program draws the same mask", async () => {
  await open("#/mask?m=prefix(3)+|+causal&q=6&b=2", async (page) => {
    expect(await inkOf(page, await saved(page, "Picture (PNG)"), "image/png")).toBeGreaterThan(0.1);
    expect(await inkOf(page, await saved(page, "Picture (SVG)"), "image/svg+xml")).toBeGreaterThan(0.1);
    const ascii = String(await saved(page, "Text (ASCII)"));
    const printed = runProgram("mask", String(await saved(page, "Program (TypeScript)")));
    const matrix = (text: string) => text.match(/[█·]+/g);
    expect(matrix(printed)).toEqual(matrix(ascii));
    expect(printed).toContain("24 visible pairs, density 0.667");
    const json = JSON.parse(String(await saved(page, "Mask (JSON)")));
    expect(sameMask(maskFromJson(json), parseMask("prefix(3) | causal"))).toBe(true);
  });
});
