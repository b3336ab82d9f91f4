import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findChromium, NO_CHROMIUM } from "../src/find-chromium.ts";
import { openPage } from "../src/open-page.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-claims-page-"));
const main = fileURLToPath(new URL("../../cli/src/main.ts", import.meta.url));
const claims = fileURLToPath(new URL("../../cli/recipes/fixtures/many-claims.ts", import.meta.url));
const ids = ["prefix", "encoder-decoder", "depth", "size", "nothing", "backwards", "bare", "missing"].map(
  (name) => `echo-${name}`,
);

function trivium(...words: string[]): void {
  execFileSync(process.execPath, ["--conditions=@trivium/source", main, ...words], { cwd: folder, stdio: "pipe" });
}

/** Nine arms on three seeds that train, and a comparison; `fixtures/many-claims.ts` says what is awkward about the claims. */
beforeAll(() => {
  trivium("claims", "run", ...ids, "--plugin", claims, "--seeds", "3", "--out", "claims");
  const rows = Array.from({ length: 64 }, (_, at) => `word ${at}\tdrow ${at}`);
  writeFileSync(join(folder, "toy.tsv"), `${rows.join("\n")}\n`);
  const size = ["--width", "8", "--layers", "1", "--heads", "2", "--steps", "4", "--batch", "8", "--decoded", "3"];
  trivium("compare", "--data", "toy.tsv", ...size, "--metrics", "bleu,chrf", "--out", "compare");
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true }));

const screens = [390, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
);
const pages = ["claims", "compare"].flatMap((page) => screens.map((screen) => ({ page, ...screen })));

/** What a reader of the page meets; as text, since it runs there. */
const look = `(() => {
  const root = document.scrollingElement;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const style = getComputedStyle(document.body);
  const boxes = all(".wide");
  return {
    overflow: root.scrollWidth - root.clientWidth,
    loaded: performance.getEntriesByType("resource").length,
    ground: style.backgroundColor,
    ink: style.color,
    drawnInk: all("figure svg text").map((text) => getComputedStyle(text).fill),
    strokes: all("figure svg path[stroke^=var]").map((path) => getComputedStyle(path).stroke),
    pictures: all("svg").map((svg) => ({
      title: svg.querySelector("title")?.textContent,
      seen: svg.getBoundingClientRect().width > 20 && svg.querySelectorAll("path,rect,line").length > 0,
      broken: /NaN|Infinity|undefined/.test(svg.outerHTML),
    })),
    scrolling: boxes.filter((box) => box.scrollWidth > box.clientWidth).length,
    beyond: boxes.filter((box) => box.getBoundingClientRect().right > root.clientWidth).length,
    unreachable: boxes.filter((box) => box.tabIndex !== 0 || !box.getAttribute("aria-label")).length,
    landmarks: ["header", "main", "h1"].map((name) => all(name).length),
    lost: all("a[href^='#']").filter((link) => !document.getElementById(link.getAttribute("href").slice(1))).length,
    verdicts: all("#verdicts tbody .verdict").map((verdict) => verdict.textContent),
    curves: all(".curves figure svg").length,
  };
})()`;

interface Looks {
  readonly overflow: number;
  readonly ground: string;
  readonly ink: string;
  readonly drawnInk: readonly string[];
  readonly strokes: readonly string[];
  readonly pictures: readonly { title?: string; seen: boolean; broken: boolean }[];
  readonly scrolling: number;
  readonly verdicts: readonly string[];
  readonly curves: number;
}

test.for(pages)("the $page page is whole on a screen of $width pixels, $colorScheme", async (screen, context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  const { page, width, colorScheme } = screen;
  const looks = await openPage<Looks>({
    url: pathToFileURL(join(folder, page, "report.html")).href,
    expression: look,
    screen: { viewport: { width, height: 844 }, colorScheme },
  });
  expect(looks).toMatchObject({ overflow: 0, loaded: 0, beyond: 0, unreachable: 0, lost: 0, landmarks: [1, 1, 1] });
  expect(looks.ground).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 23, 27)");
  expect(new Set(looks.drawnInk)).toEqual(new Set([looks.ink]));
  expect(looks.strokes.length).toBeGreaterThan(0);
  expect(looks.strokes).not.toContain("none");
  for (const picture of looks.pictures) expect(picture).toMatchObject({ seen: true, broken: false });
  for (const { title } of looks.pictures) expect(title).toMatch(/\w/);
  // All claims that ran have curves of their arms; the wide tables of arms cannot fit on a telephone.
  expect(looks.curves).toBe(page === "claims" ? 4 * (ids.length - 1) : 4);
  if (width === 390) expect(looks.scrolling).toBeGreaterThan(0);
});

/** On paper nothing can be scrolled or opened. */
const printed = `(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const hidden = (element) => !element.checkVisibility() || element.getBoundingClientRect().height === 0;
  return {
    overflow: document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth,
    cut: all(".wide, pre").filter((box) => box.scrollWidth > box.clientWidth + 1).length,
    tables: all("table").length,
    hidden: all("table, figure").filter(hidden).length,
    ground: getComputedStyle(document.body).backgroundColor,
  };
})()`;

test.for(["claims", "compare"])("the $0 page is whole on paper, in the light theme", async (page, context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  const looks = await openPage<Record<string, number | string>>({
    url: pathToFileURL(join(folder, page, "report.html")).href,
    expression: printed,
    // A4 less margins of 1 cm, at 96 dots per inch.
    screen: { viewport: { width: 718, height: 1047 }, colorScheme: "dark" },
    media: "print",
  });
  expect(looks).toMatchObject({ overflow: 0, cut: 0, hidden: 0, ground: "rgb(255, 255, 255)" });
  expect(looks.tables).toBeGreaterThan(0);
});

test("every verdict is told by a sign and by words", async (context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  const url = pathToFileURL(join(folder, "claims/report.html")).href;
  const { verdicts } = await openPage<Looks>({ url, expression: look });
  expect(verdicts).toHaveLength(ids.length);
  expect(new Set(verdicts)).toEqual(
    new Set(["✔ supported", "✘ contradicted", "○ not supported", "? inconclusive", "– not run"]),
  );
});
