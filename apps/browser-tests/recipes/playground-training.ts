import type { Browser, Page } from "playwright-core";
import { expect, test } from "vitest";
import { findChromium, NO_CHROMIUM } from "../src/find-chromium.ts";
import { open, runProgram, saved, testInChromium } from "./playground-site.ts";

/** The number of steps that a page shows. */
const stepsOf = async (page: Page): Promise<number> =>
  Number((await page.locator('[data-fact="steps"]').textContent())?.replace(/,/g, "").match(/\d+/)?.[0] ?? 0);

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
      const tokens = await page.locator('[data-fact="tokens"]').allTextContents();
      const losses = JSON.parse(String(await saved(page, "Losses")));
      return { tokens, losses, program: String(await saved(page, "Program")) };
    };
    const { tokens, losses, program } = await open(hash, use, place);
    expect(new Set(tokens).size).toBe(1);
    expect(Object.values(losses).map((own) => (own as number[]).length)).toEqual([10, 10, 10]);
    expect(JSON.parse(runProgram(`train-${place}`, program))).toEqual(losses);
  },
);

/** A time on the wall is that of an idle machine. */
const isLong = process.env.TRIVIUM_LONG !== undefined;

/** Work of Chromium's processes. Other programs of the machine do not lengthen it. */
interface Work {
  /** Returns the seconds that all processes have computed so far. */
  spent(): Promise<number>;
  /** Ends the recording. Returns the milliseconds that the longest task of a page's own thread computed. */
  longestTask(): Promise<number>;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds that the thread has computed. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

async function recordWork(page: Page): Promise<Work> {
  const session = await (page.context().browser() as Browser).newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const ended = new Promise<unknown>((resolve) => session.once("Tracing.tracingComplete", resolve));
  const traceConfig = { includedCategories: ["toplevel"] };
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig });
  const computed = async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  const before = await computed();
  return {
    spent: async () => (await computed()) - before,
    async longestTask() {
      await session.send("Tracing.end");
      await ended;
      const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
      const ofPages = new Set(events.filter(({ args }) => args.name === "CrRendererMain").map(threadOf));
      const tasks = events.filter((event) => event.tdur !== undefined && ofPages.has(threadOf(event)));
      expect(tasks.length).toBeGreaterThan(100);
      return Math.max(...tasks.map(({ tdur }) => Number(tdur) / 1000));
    },
  };
}

testInChromium(
  "reversal is learned by all three within a minute of two cores, and the page answers meanwhile",
  async () => {
    await open("#/train", async (page) => {
      const facts = (name: string) => page.locator(`[data-fact="${name}"]`).allTextContents();
      const losses = async () => (await facts("loss")).map(Number);
      const work = await recordWork(page);
      const begin = performance.now();
      const assertWithin = async (seconds: number) => {
        expect(await work.spent()).toBeLessThanOrEqual(2 * seconds);
        if (isLong) expect(performance.now() - begin).toBeLessThanOrEqual(1000 * seconds);
      };
      await page.getByRole("button", { name: "Play" }).click();
      await expect.poll(async () => (await losses()).some((loss) => loss > 0), { timeout: 60_000 }).toBe(true);
      await assertWithin(3);
      await expect.poll(async () => (await losses()).every((loss) => loss < 0.1), { timeout: 600_000 }).toBe(true);
      await assertWithin(60);
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByText("Paused").waitFor();
      const tokens = await facts("tokens");
      expect(tokens).toHaveLength(3);
      expect(new Set(tokens).size).toBe(1);
      expect(await work.longestTask()).toBeLessThanOrEqual(100);
    });
  },
);

testInChromium("memory stays as it is over 2,000 steps", async () => {
  await open("#/train?w=16&h=2&b=8&y=1", async (page) => {
    const bytes = async () => {
      const { bytes: used } = await page.evaluate<{ bytes: number }>("performance.measureUserAgentSpecificMemory()");
      return used;
    };
    await page.getByRole("button", { name: "Play" }).click();
    await expect.poll(() => stepsOf(page), { timeout: 120_000 }).toBeGreaterThan(200);
    const before = await bytes();
    await expect.poll(() => stepsOf(page), { timeout: 600_000 }).toBeGreaterThan(2200);
    // The points of the curves are kept: a few hundred bytes a step.
    expect(await bytes()).toBeLessThan(before + 4e6);
  });
});

/** Trains small models for some steps, ten at a press. */
async function trainTens(page: Page, presses: number): Promise<void> {
  for (let press = 1; press <= presses; press++) {
    await page.getByRole("button", { name: "10 steps" }).click();
    await page.locator('[data-fact="steps"]', { hasText: `${10 * press} steps` }).waitFor();
    await page.getByText("Paused").waitFor();
  }
}

testInChromium("curves are read by arrow keys, told apart by markers, and stand in a table of pages", async () => {
  await open("#/train?w=16&h=2&b=8&y=1", async (page) => {
    const signs = () =>
      page
        .locator(".legend .marker")
        .evaluateAll((all) => all.map((one) => one.getAttribute("d")?.replace(/[-\d. ]/g, "")));
    await expect.poll(signs).toEqual(["MAAZ", "MHVHZ", "MLHZ"]);
    await page.evaluate(`window.outlines = new Set(); {
      const own = Path2D;
      window.Path2D = function (outline) {
        if (typeof outline === "string") outlines.add(outline.split("Z")[0].replace(/[-\\d. ]/g, ""));
        return new own(outline);
      };
      window.Path2D.prototype = own.prototype;
    }`);
    await trainTens(page, 5);
    await expect.poll(() => page.evaluate("[...outlines].sort()")).toEqual(["MAA", "MHVH", "MLH"]);
    await page.locator(".chart").first().focus();
    await page.keyboard.press("End");
    const said = (chart: number) => page.locator(".under").nth(chart).textContent();
    await expect.poll(() => said(0)).not.toBe("");
    const read = await said(0);
    // The pointer in one chart shows what stands there in all of them.
    expect(await said(1)).toBe("");
    await page.locator(".chart").first().hover();
    await expect.poll(() => said(0)).not.toBe(read);
    await expect.poll(() => said(1)).toContain("%");
    await page.getByText("Loss as a table").focus();
    await page.keyboard.press("Enter");
    const rows = page.getByRole("region", { name: "Loss", exact: true }).locator("tbody tr");
    await expect.poll(() => rows.count()).toBe(20);
    await page.getByText("Rows 1–20 of 50").waitFor();
    for (const rows of ["21–40", "41–50"]) {
      await page.getByRole("button", { name: "Next rows" }).press("Enter");
      await page.getByText(`Rows ${rows} of 50`).waitFor();
    }
    const cells = await rows.last().locator("td").allTextContents();
    const losses: Readonly<Record<string, readonly number[]>> = JSON.parse(String(await saved(page, "Losses")));
    const last = Object.values(losses).map((own) => own.at(-1)?.toFixed(4));
    expect(cells.filter((_, at) => at % 2 === 1)).toEqual(last);
    for (const loss of last) expect(read).toContain(loss);
    for (const [first = 0, ...later] of Object.values(losses)) expect(later.at(-1)).toBeLessThan(first);
  });
});

testInChromium("in a hidden tab training goes on, and nothing is drawn until it is seen again", async () => {
  await open("#/train?w=16&h=2&b=8&y=1", async (page) => {
    await page.getByRole("button", { name: "Play" }).click();
    await page.locator(".chart canvas").first().waitFor();
    await expect.poll(() => stepsOf(page)).toBeGreaterThan(20);
    // A new chart hears of its size a frame later, and is drawn once more.
    await page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))",
    );
    const see = (state: "hidden" | "visible") =>
      page.evaluate(`{
        Object.defineProperty(document, "hidden", { configurable: true, value: ${state === "hidden"} });
        document.dispatchEvent(new Event("visibilitychange"));
      }`);
    await see("hidden");
    await page.evaluate(`window.drawn = 0; {
      const own = CanvasRenderingContext2D.prototype.clearRect;
      CanvasRenderingContext2D.prototype.clearRect = function (...box) {
        if (this.canvas.closest(".chart")) drawn += 1;
        own.apply(this, box);
      };
    }`);
    const before = await stepsOf(page);
    await expect.poll(() => stepsOf(page)).toBeGreaterThan(before + 30);
    expect(await page.evaluate("drawn")).toBe(0);
    await see("visible");
    await expect.poll(() => page.evaluate<number>("drawn")).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused").waitFor();
  });
});
