import type { Page } from "playwright-core";
import { expect } from "vitest";
import { withPage } from "../src/open-page.ts";
import { goTo, servers, testInChromium } from "./playground-site.ts";

const small = "#/train?w=16&h=2&b=8&y=1";

/** Opens a page whose workers begin with other code, until `heal` is called. */
const withWorkers = (
  { code, hash, allowedErrors }: { readonly code: string; readonly hash: string; readonly allowedErrors?: RegExp },
  use: (page: Page, heal: () => Promise<void>) => Promise<void>,
): Promise<void> =>
  withPage({ url: "about:blank", allowedErrors }, async (page) => {
    await page.route("**/*-worker*", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${code};${await response.text()}` });
    });
    await page.goto(`${servers.plain?.url}${hash}`);
    await use(page, () => page.unroute("**/*-worker*"));
  });

testInChromium("an engine without the SIMD of WebAssembly is said, with what has it, and masks go on", async () => {
  const code = "WebAssembly.validate = () => false";
  await withWorkers({ code, hash: small }, async (page) => {
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByText("Stopped by an error").waitFor();
    const said = await page.locator(".transport .error").textContent();
    expect(said).toContain("WebAssembly lacks the instructions");
    expect(said).toContain("a browser of 2021 or newer");
    await goTo(page, "#/look");
    await page.locator(".error", { hasText: "a browser of 2021 or newer" }).waitFor();
    await goTo(page, "#/mask?m=causal");
    await expect.poll(() => page.locator('[data-fact="pairs"]').textContent()).toBe("36 of 64");
  });
});

/** Makes a worker throw what nobody catches in place of its message number `count`. */
const dyingAt = (count: number): string => `{
  const own = self.postMessage;
  let sent = 0;
  self.postMessage = (...message) => {
    if (++sent < ${count}) return own.apply(self, message);
    if (sent === ${count}) setTimeout(() => { throw new Error("out of memory"); });
  };
}`;

testInChromium(
  "a training worker that dies in the middle is said; what it told stays, and a new run begins",
  async () => {
    await withWorkers({ code: dyingAt(6), hash: small, allowedErrors: /out of memory/ }, async (page, heal) => {
      await page.getByRole("button", { name: "Play" }).click();
      await page.locator(".transport .error", { hasText: "out of memory" }).waitFor();
      await page.getByText("Stopped by an error").waitFor();
      expect(await page.locator('[data-fact="loss"]').first().textContent()).toMatch(/^\d/);
      expect(await page.getByRole("button", { name: "Play" }).isDisabled()).toBe(true);
      await heal();
      await page.getByRole("button", { name: "Reset" }).click();
      await page.getByRole("button", { name: "Step", exact: true }).click();
      await page.getByText("Paused").waitFor();
    });
  },
);

testInChromium("a worker of models that dies in the middle is said, and another text has another worker", async () => {
  await withWorkers({ code: dyingAt(2), hash: "#/look", allowedErrors: /out of memory/ }, async (page, heal) => {
    await page.locator(".error", { hasText: "out of memory" }).waitFor();
    await heal();
    await goTo(page, "#/mask");
    await goTo(page, "#/look");
    await page.locator("[data-model] [role=grid]").nth(2).waitFor();
  });
});

testInChromium("a part of the page that cannot be fetched is said, and comes when it can", async () => {
  await withPage({ url: `${servers.plain?.url}#/mask`, allowedErrors: /ERR_FAILED/ }, async (page) => {
    await page.route("**/*train-screen*", (route) => route.abort());
    await page.evaluate('location.hash = "#/train"');
    await page.locator("main .error", { hasText: "could not be loaded" }).waitFor();
    await goTo(page, "#/mask");
    await page.getByRole("grid").waitFor();
    await page.unroute("**/*train-screen*");
    await goTo(page, "#/train");
    await page.getByRole("button", { name: "Play" }).waitFor();
  });
});
