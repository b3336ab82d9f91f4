import { expect, test } from "vitest";
import { createPacer } from "./pacer.ts";

/** Whether a timer that is due was heard while `run` went on. */
async function hears(run: () => Promise<void>): Promise<boolean> {
  let heard = false;
  setImmediate(() => {
    heard = true;
  });
  await run();
  return heard;
}

test("a macrotask is awaited once the interval is over, and none before", async () => {
  expect(await hears(createPacer(Number.POSITIVE_INFINITY))).toBe(false);
  expect(await hears(createPacer(0))).toBe(true);
});
