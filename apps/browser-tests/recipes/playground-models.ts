import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { ownCheckpoint } from "./own-checkpoint.ts";
import { goTo, open, saved, testInChromium } from "./playground-site.ts";

testInChromium("heads are chosen and locked by keyboard, and a link shows the same", async () => {
  const pictureOf = (page: Page) =>
    page.evaluate<string>('document.querySelector("[data-model] [role=grid] canvas").toDataURL()');
  const { link, picture, said } = await open("#/look", async (page) => {
    await page.getByLabel("Text").fill("a b c d e f");
    await page.locator('[data-model="encoder-decoder"]').getByText("f e d c b a").waitFor();
    await page.getByRole("radio", { name: "Self-attention, layer 1, head 1" }).first().focus();
    await page.keyboard.press("ArrowRight");
    const grid = page.getByRole("grid", { name: "causal" });
    await grid.focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "Enter"]) await page.keyboard.press(key);
    await page.locator("h1").click();
    await page.mouse.move(0, 0);
    const under = page.locator('[data-model="causal"] .under');
    // The address is written a moment behind the state.
    await page.waitForURL(/&p=/);
    return { link: page.url(), picture: await pictureOf(page), said: await under.textContent() };
  });
  expect(said).toMatch(/^query 2 “c” gives key 1 “b” the weight 0\.\d{3}$/);
  expect(link).toContain("#/look?t=a+b+c+d+e+f&h=1&p=0.2.2.1.1");
  await open(link.slice(link.indexOf("#")), async (page) => {
    await page.locator('[data-model="causal"] .under').getByText("the weight").waitFor();
    await expect.poll(() => pictureOf(page)).toBe(picture);
    // What a query may not see is hidden, which is no weight.
    await page.getByRole("grid", { name: "causal" }).focus();
    for (const key of ["Home", "ArrowUp", "ArrowUp", "ArrowUp", "Enter", "ArrowRight"]) await page.keyboard.press(key);
    expect(await page.locator('[data-model="causal"] .under').textContent()).toContain("hidden by the mask");
  });
});

const fixtures = fileURLToPath(new URL("../../../packages/pretrained/fixtures/", import.meta.url));

testInChromium("a dropped checkpoint is looked into: Hugging Face's, and ours; what is missing is said", async () => {
  await open("#/look?m=file&t=5+7+9", async (page) => {
    const choose = (files: { name: string; buffer: Buffer }[]) =>
      page.setInputFiles(
        "input[type=file]",
        files.map((file) => ({ ...file, mimeType: "application/octet-stream" })),
      );
    const foreign = (name: string) => ({ name, buffer: readFileSync(join(fixtures, "gpt2", name)) });
    await choose([foreign("config.json")]);
    await page.getByText("has neither model.safetensors nor").waitFor();
    await choose(["config.json", "generation_config.json", "model.safetensors"].map(foreign));
    await page.locator("[data-model] [role=grid]").waitFor();
    expect(await page.locator("[data-model]").count()).toBe(1);
    await choose(ownCheckpoint());
    await page.locator('[data-model="prefix"] [role=grid]').waitFor();
  });
});

testInChromium("an answer is stepped through, forwards and back, and goes on from another token", async () => {
  await open("#/decode?t=e+a+c+f+g+h&v=1&b=3", async (page) => {
    await page.getByText(/^Step 1 of \d+/).waitFor();
    expect(await page.locator(".bars li").count()).toBe(10);
    expect(await page.locator("main").textContent()).toMatch(/sealed prefix: 7 positions.*decoded: 0 positions/);
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByText("decoded: 2 positions").waitFor();
    expect(await page.locator(".tokens .answered").allTextContents()).toEqual(["h", "g"]);
    await page.getByRole("button", { name: "Last", exact: true }).click();
    expect(await page.locator("td", { hasText: "pruned" }).count()).toBeGreaterThan(0);
    expect(await page.locator("th s").count()).toBeGreaterThan(0);
    await page.getByRole("button", { name: "First", exact: true }).click();
    await page.getByRole("button", { name: "Next" }).click();
    await page.locator(".bars button").nth(1).click();
    await page.getByText(/^Given: h /).waitFor();
    await expect.poll(() => page.url()).toMatch(/#\/decode\?v=1&t=e\+a\+c\+f\+g\+h&f=\d+\.\d+&i=1/);
    const lines = String(await saved(page, "Trace (JSONL)"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: "step", index: 0, sample: 0 });
    expect(lines.at(-1)).toMatchObject({ type: "finished" });
  });
});

testInChromium("models that were trained in the page are looked into", async () => {
  await open("#/train?w=16&h=2&b=8&y=1", async (page) => {
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await page.getByText("Paused").waitFor();
    await page.getByRole("link", { name: "Look into these models" }).click();
    await page.locator("[data-model] [role=grid]").nth(2).waitFor();
    expect(await page.locator("[data-model]").first().locator("canvas").count()).toBe(4);
    await goTo(page, "#/decode?m=trained");
    await page.locator(".tree").waitFor();
  });
});
