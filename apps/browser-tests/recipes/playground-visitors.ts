import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { withPage } from "../src/open-page.ts";
import { ownCheckpoint } from "./own-checkpoint.ts";
import { folder, goTo, open, servers, testInChromium } from "./playground-site.ts";

/** Drops files or folders of this machine at the middle of an element, as a hand does. */
async function drop(page: Page, selector: string, files: readonly string[]): Promise<void> {
  const box = await page.locator(selector).boundingBox();
  if (!box) throw new Error(`${selector} is not in sight`);
  const session = await page.context().newCDPSession(page);
  const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, ...place, data });
  }
}

testInChromium("nothing comes from elsewhere, and a screen of masks starts no worker", async () => {
  await withPage({ url: "about:blank" }, async (page) => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(`${servers.isolated?.url}#/mask`);
    await page.getByRole("grid").waitFor();
    expect(page.workers()).toEqual([]);
    expect(asked.filter((url) => /worker|uplot|screen|train|article/.test(url))).toEqual([]);
    for (const hash of ["#/train", "#/look", "#/decode", "#/"]) await goTo(page, hash);
    const elsewhere = asked.filter((url) => !url.startsWith(servers.isolated?.url ?? "") && !/^(data|blob):/.test(url));
    expect([elsewhere, asked.filter((url) => /\.(woff2?|ttf|otf)$/.test(url))]).toEqual([[], []]);
  });
});

testInChromium("screens are as the reader left them, and a run is of the settings that are shown", async () => {
  await open("#/mask?m=causal&q=12", async (page) => {
    const go = (name: string) => page.getByRole("link", { name, exact: true }).click();
    await page.getByLabel("Mask", { exact: true }).fill("causal & window(3)");
    await go("Train");
    // The screen before, which has a head's width, stays until this one is loaded.
    await page.getByRole("button", { name: "Play" }).waitFor();
    await page.getByLabel("Width").selectOption("16");
    await page.getByLabel("Examples a step").selectOption("8");
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await page.getByText("Paused").waitFor();
    await go("Masks");
    expect(await page.getByLabel("Mask", { exact: true }).inputValue()).toBe("causal & window(3)");
    expect(await page.locator('[data-fact="pairs"]').textContent()).toBe("42 of 144");
    await go("Train");
    await page.locator('[data-fact="steps"]', { hasText: "1 step" }).waitFor();
    expect(await page.getByLabel("Width").inputValue()).toBe("16");
    await page.goBack();
    await page.goBack();
    await page.goForward();
    await page.goForward();
    await page.getByRole("button", { name: "Play" }).waitFor();
    expect(await page.getByLabel("Width").inputValue()).toBe("16");
    // Another address is another run.
    await page.evaluate('location.hash = "#/train?w=32"');
    await page.getByText("Nothing is trained yet.").waitFor();
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await page.reload();
    await page.getByText("Nothing is trained yet.").waitFor();
    expect(await page.getByLabel("Width").inputValue()).toBe("32");
  });
});

testInChromium("a worker that does not start is said, and the page goes on", async () => {
  const url = `${servers.plain?.url}#/train`;
  await withPage({ url, allowedErrors: /ERR_FAILED/ }, async (page) => {
    await page.route("**/*-worker*", (route) => route.abort());
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByText("the training worker could not start; reload the page").waitFor();
    await page.evaluate('location.hash = "#/look"');
    await page.getByText("the worker of models could not start; reload the page").waitFor();
    await page.unroute("**/*-worker*");
    await page.evaluate('location.hash = "#/train"');
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await page.getByText("Paused").waitFor();
    await page.evaluate('location.hash = "#/look"');
    await page.locator("[data-model] [role=grid]").first().waitFor();
  });
});

testInChromium("with reduced motion a chart is drawn once a second, and nothing moves by itself", async () => {
  const url = `${servers.isolated?.url}#/train?w=16&h=2&b=8&y=1`;
  await withPage({ url, screen: { reducedMotion: "reduce" } }, async (page) => {
    expect(await page.evaluate("document.getAnimations().length")).toBe(0);
    await page.evaluate(`window.drawn = []; {
      const own = CanvasRenderingContext2D.prototype.clearRect;
      CanvasRenderingContext2D.prototype.clearRect = function (...box) {
        drawn.push([this.canvas, performance.now()]);
        own.apply(this, box);
      };
    }`);
    await page.getByRole("button", { name: "Play" }).click();
    await page.locator(".chart canvas").first().waitFor();
    const drawn = () =>
      page.evaluate<number[]>(
        'drawn.filter(([canvas]) => canvas === document.querySelector(".chart canvas")).map(([, time]) => time)',
      );
    await expect.poll(async () => (await drawn()).length).toBeGreaterThanOrEqual(4);
    const times = await drawn();
    // The first drawing may be in two parts: the chart, and its first curves. A late drawing is followed by one in time.
    const [start = 0, ...later] = times.slice(1);
    expect(later.length).toBeLessThanOrEqual(((later.at(-1) ?? 0) - start) / 1000 + 1);
  });
});

testInChromium("in forced colours what is visible, hidden and pressed can be told apart", async () => {
  await open("#/mask?m=causal&q=4&l=yes", async (page) => {
    const colours = () =>
      page.evaluate<string[]>(`(() => {
        const canvas = document.querySelector("[role=grid] canvas");
        const side = Math.round(canvas.height / 4.8);
        const at = (x, y) => canvas.getContext("2d").getImageData(x, y, 1, 1).data.join();
        const [right, below] = [canvas.width - 12, canvas.height - 12];
        return [at(right, below), at(right, below - 3 * side + 8)];
      })()`);
    await page.emulateMedia({ forcedColors: "active" });
    await expect.poll(async () => new Set(await colours()).size).toBe(2);
    const outline = await page
      .locator('button[aria-pressed="true"]')
      .first()
      .evaluate((button) => getComputedStyle(button).outlineStyle);
    expect(outline).toBe("solid");
  });
});

testInChromium("at 200 % zoom every screen fits", async () => {
  await open("#/", async (page) => {
    await page.setViewportSize({ width: 640, height: 450 });
    for (const hash of ["#/", "#/mask?l=yes", "#/train?t=own", "#/look", "#/decode"]) {
      await goTo(page, hash);
      await expect
        .poll(() => page.evaluate("document.documentElement.scrollWidth <= innerWidth"), { message: hash })
        .toBe(true);
    }
  });
});

testInChromium("a dropped folder is a checkpoint, and a broken one says what the command line says", async () => {
  const outside = mkdtempSync(join(tmpdir(), "trivium-dropped-"));
  try {
    const [weights, config] = ownCheckpoint();
    for (const { name, buffer } of [weights, config]) writeFileSync(join(outside, name), buffer);
    const broken = { ...weights, buffer: weights.buffer.subarray(0, weights.buffer.length - 40) };
    await open("#/look?m=file&t=5+7+9", async (page) => {
      await drop(page, ".drop", [outside]);
      await page.locator('[data-model="prefix"] [role=grid]').waitFor();
      await page.setInputFiles("input[type=file]", [broken, config]);
      writeFileSync(join(outside, broken.name), broken.buffer);
      const said = commandLine(["generate", outside, "--prompt", "5 7 9"]).replaceAll(`${outside}/`, "");
      const text = await page.locator(".error").textContent();
      expect(text).toContain("model.safetensors");
      expect(said).toContain(text?.replaceAll("the dropped files/", ""));
    });
  } finally {
    rmSync(outside, { recursive: true });
  }
});

/** Returns the message of a command line that is refused. */
function commandLine(words: readonly string[]): string {
  const bin = fileURLToPath(new URL("../../cli/src/main.ts", import.meta.url));
  const { stderr, status } = spawnSync(process.execPath, ["--conditions=@trivium/source", bin, ...words], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(2);
  return stderr;
}

testInChromium("of a long text 512 tokens are shown", async () => {
  await open("#/look?m=file", async (page) => {
    await page.setInputFiles("input[type=file]", ownCheckpoint(600));
    await page.locator("[data-model] [role=grid]").waitFor();
    await page.getByLabel("Text").fill("5 7 9 ".repeat(100));
    await page.getByLabel("Target").fill("9 7 5 ".repeat(100));
    await page.getByText("its first 512 tokens are shown").waitFor();
    await expect.poll(() => page.getByRole("grid").getAttribute("aria-rowcount")).toBe("512");
    await expect
      .poll(async () => Number(await page.locator(".thumbnail canvas").first().getAttribute("width")))
      .toBeLessThanOrEqual(56);
  });
});

testInChromium("the built folder works behind any path", async () => {
  const server = createServer(({ url = "" }, response) => {
    const path = new URL(url, "http://any").pathname.replace(/^\/some\/where\//, "");
    const type = path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : "text/html";
    response.setHeader("content-type", type);
    response.end(readFileSync(join(folder, path || "index.html")));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  try {
    await withPage({ url: `http://127.0.0.1:${address.port}/some/where/#/look` }, async (page) => {
      await page.locator("[data-model] [role=grid]").nth(2).waitFor();
    });
  } finally {
    server.close();
  }
});

testInChromium("every screen explains itself in steps that set what they speak of", async () => {
  await open("#/mask", async (page) => {
    for (const screen of ["mask", "train", "look", "decode"]) {
      await goTo(page, `#/${screen}`);
      await page.getByText("Explain", { exact: true }).press("Enter");
      await page.locator("details.prose a[href*='?']").first().press("Enter");
      await page.waitForURL((url) => url.hash.startsWith(`#/${screen}?`));
      expect(await page.locator("[role=status].note").count()).toBe(0);
    }
  });
});
