/**
 * Makes pictures of the playground's screens. `pnpm --filter @trivium/browser-tests playground-screenshots` makes those of
 * the playground's README; with a folder behind it every screen in both themes, both languages and both widths.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { servePlayground } from "@trivium/playground";
import type { Page } from "playwright-core";
import { buildPlayground } from "./build-playground.ts";
import { withPage } from "./open-page.ts";

const languages = { en: "en-US", zh: "zh-CN" } as const;

interface Look {
  readonly theme: "light" | "dark";
  readonly language: keyof typeof languages;
  readonly width: number;
}

interface Shot {
  readonly hash: string;
  /** The look of the picture in the README. */
  readonly readme: Look;
  /** Waits for what the picture is to show. */
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

const english: Look = { theme: "light", language: "en", width: 1280 };
const shots: Readonly<Record<string, Shot>> = {
  article: { hash: "#/", readme: english, use: settled },
  mask: {
    hash: "#/mask?m=prefix(5)+|+causal&q=12&b=4&l=yes&w=000111111111",
    readme: english,
    use: settled,
  },
  train: { hash: "#/train", readme: english, use: train },
  look: { hash: "#/look?h=1&p=0.9.9.2.2", readme: { ...english, theme: "dark" }, use: after("[data-model] canvas") },
  decode: { hash: "#/decode?i=4&b=4&v=1", readme: { ...english, language: "zh" }, use: after(".tree") },
};

const [folder] = process.argv.slice(2);
const pictures = folder ?? fileURLToPath(new URL("../../playground/screenshots/", import.meta.url));
const looks: readonly Look[] = (["light", "dark"] as const).flatMap((theme) =>
  (["en", "zh"] as const).flatMap((language) => [1280, 320].map((width) => ({ theme, language, width }))),
);

/** Compresses a picture in the browser, which writes WebP. */
async function toWebp(page: Page, png: Buffer): Promise<Buffer> {
  const source = `data:image/png;base64,${png.toString("base64")}`;
  const written = await page.evaluate<string>(`(async () => {
    const image = await createImageBitmap(await (await fetch(${JSON.stringify(source)})).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.85 })).arrayBuffer());
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return btoa(binary);
  })()`);
  return Buffer.from(written, "base64");
}

mkdirSync(pictures, { recursive: true });
const built = await buildPlayground();
const server = await servePlayground({ folder: built });
for (const [name, { hash, readme, use }] of Object.entries(shots)) {
  for (const look of folder === undefined ? [readme] : looks) {
    const { theme, language, width } = look;
    const screen = { viewport: { width, height: 1100 }, colorScheme: theme, locale: languages[language] };
    const png = await withPage({ url: `${server.url}${hash}`, screen }, async (page) => {
      await page.getByRole("heading", { level: 1 }).waitFor();
      await use(page);
      return page.screenshot({ fullPage: folder !== undefined });
    });
    const file = folder === undefined ? `${name}.webp` : `${name}-${theme}-${language}-${width}.png`;
    const bytes = folder === undefined ? await withPage({ url: "about:blank" }, (page) => toWebp(page, png)) : png;
    writeFileSync(join(pictures, file), bytes);
    console.log(join(pictures, file));
  }
}
server.close();
rmSync(built, { recursive: true });
