/**
 * Makes pictures of the playground's screens, each in both themes, both languages and at both widths.
 * `pnpm --filter @trivium/browser-tests playground-screenshots` makes those of the playground's README; with a folder
 * behind it the screens in full height.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { servePlayground } from "@trivium/playground";
import type { Page } from "playwright-core";
import { buildPlayground } from "./build-playground.ts";
import { withPage } from "./open-page.ts";

interface Shot {
  readonly hash: string;
  /** Waits for what the pictures are to show. */
  readonly use: (page: Page) => Promise<void>;
}

const STEPS = 150;

/** Trains until the curves show something; the same in every language. */
async function train(page: Page): Promise<void> {
  const button = page.locator(".transport button.main");
  await button.click();
  const steps = async () => Number((await page.locator('[data-fact="steps"]').textContent())?.match(/\d+/)?.[0] ?? "0");
  while ((await steps()) < STEPS) await page.waitForTimeout(500);
  await button.click();
  await page.waitForTimeout(1500);
  await page.mouse.move(0, 0);
}

const settled = async (page: Page): Promise<void> => page.waitForTimeout(500);
const after = (selector: string) => async (page: Page) => {
  await page.locator(selector).first().waitFor();
  await page.waitForTimeout(2500);
};

const shots: Readonly<Record<string, Shot>> = {
  article: { hash: "#/", use: settled },
  mask: { hash: "#/mask?m=prefix(5)+|+causal&q=12&b=4&l=yes&w=000111111111", use: settled },
  train: { hash: "#/train", use: train },
  look: { hash: "#/look?h=1&p=0.9.9.2.2", use: after("[data-model] canvas") },
  decode: { hash: "#/decode?i=4&b=4&v=1", use: after(".tree") },
};

const looks = (["light", "dark"] as const).flatMap((theme) =>
  (["en", "zh"] as const).flatMap((language) => [1280, 320].map((width) => ({ theme, language, width }))),
);

/** Pixels of a picture of the README for each pixel of the page, by the width of the page. */
const scales: Readonly<Record<number, number>> = { 1280: 0.5, 320: 1 };

const [folder] = process.argv.slice(2);
const pictures = folder ?? fileURLToPath(new URL("../../playground/screenshots/", import.meta.url));

/** Makes a picture smaller in the browser, which writes WebP. */
async function toWebp(page: Page, png: Buffer, scale: number): Promise<Buffer> {
  const source = `data:image/png;base64,${png.toString("base64")}`;
  const written = await page.evaluate<string>(`(async () => {
    const image = await createImageBitmap(await (await fetch(${JSON.stringify(source)})).blob());
    const canvas = new OffscreenCanvas(image.width * ${scale}, image.height * ${scale});
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.85 })).arrayBuffer());
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return btoa(binary);
  })()`);
  return Buffer.from(written, "base64");
}

/** Pictures of one screen. */
async function shoot(page: Page, name: string): Promise<void> {
  for (const { theme, language, width } of looks) {
    const file = join(pictures, `${name}-${theme}-${language}-${width}`);
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height: width === 320 ? 960 : 900 });
    const other = page.locator(`.preferences [lang=${language}]`);
    if ((await other.count()) > 0) await other.click();
    await page.mouse.move(0, 0);
    await settled(page);
    const png = await page.screenshot({ fullPage: folder !== undefined });
    if (folder !== undefined) writeFileSync(`${file}.png`, png);
    else
      writeFileSync(
        `${file}.webp`,
        await withPage({ url: "about:blank" }, (blank) => toWebp(blank, png, scales[width] ?? 1)),
      );
    console.log(file);
  }
}

mkdirSync(pictures, { recursive: true });
const built = await buildPlayground();
const server = await servePlayground({ folder: built });
for (const [name, { hash, use }] of Object.entries(shots)) {
  await withPage({ url: `${server.url}${hash}`, screen: { viewport: { width: 1280, height: 900 } } }, async (page) => {
    await page.getByRole("heading", { level: 1 }).waitFor();
    await use(page);
    await shoot(page, name);
  });
}
server.close();
rmSync(built, { recursive: true });
