/** Makes the pictures of the playground's README: `pnpm --filter @trivium/browser-tests playground-screenshots`. */
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { servePlayground } from "@trivium/playground";
import type { Page } from "playwright-core";
import { buildPlayground } from "./build-playground.ts";
import { withPage } from "./open-page.ts";

interface Shot {
  readonly name: string;
  readonly hash: string;
  readonly use?: (page: Page) => Promise<void>;
}

const STEPS = 150;

/** Trains until the curves show something. */
async function train(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Play" }).click();
  const steps = async () => Number((await page.locator('[data-fact="steps"]').textContent())?.replace(/\D.*$/, ""));
  while ((await steps()) < STEPS) await page.waitForTimeout(500);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("Paused").waitFor();
  await page.mouse.move(0, 0);
}

const shots: readonly Shot[] = [
  { name: "article", hash: "#/" },
  { name: "mask", hash: "#/mask?m=prefix(5)+|+causal&q=12&b=4&l=yes&w=000111111111" },
  { name: "train", hash: "#/train", use: train },
];

const pictures = fileURLToPath(new URL("../../playground/screenshots/", import.meta.url));
mkdirSync(pictures, { recursive: true });
const folder = await buildPlayground();
const server = await servePlayground({ folder });
for (const { name, hash, use } of shots) {
  const screen = { viewport: { width: 1280, height: 1100 }, colorScheme: "light", locale: "en-US" } as const;
  await withPage({ url: `${server.url}${hash}`, screen }, async (page) => {
    await page.getByRole("heading", { level: 1 }).waitFor();
    await use?.(page);
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${pictures}${name}.png` });
  });
  console.log(`${pictures}${name}.png`);
}
server.close();
rmSync(folder, { recursive: true });
