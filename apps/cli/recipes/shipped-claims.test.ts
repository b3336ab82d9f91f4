import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ClaimsReport } from "../src/report/claims-report.ts";
import { runTrivium } from "./run-trivium.ts";
import { withoutTimes } from "./without-times.ts";

/** Two claims of every continuous integration: nothing is trained, all of it counted or seen on live models. */
const ids = ["attention-cost", "mask-difficulty"];
/** Three in `pnpm check:long`. */
const seeds = process.env.TRIVIUM_LONG ? "3" : "2";
const folder = mkdtempSync(join(tmpdir(), "trivium-shipped-claims-"));
/** Vega writes what it thinks of a picture to standard error. */
async function measure(out: string): Promise<ClaimsReport> {
  const words = ["claims", "run", ...ids, "--preset", "quick", "--seeds", seeds, "--out", out, "--json"];
  const { code, stdout, stderr } = await runTrivium(words, folder);
  expect([code, stderr.match(/warn.*/i)], stderr).toEqual([0, null]);
  return JSON.parse(stdout) as ClaimsReport;
}
let report: ClaimsReport;

beforeAll(async () => {
  report = await measure("once");
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

test("two quick claims are measured and judged, with what was published and what it took", () => {
  expect(report.claims.map(({ id }) => id)).toEqual(ids);
  for (const { verdict, effects, evidence, arms, command } of report.claims) {
    expect(verdict).not.toBe("not run");
    expect(effects.length).toBeGreaterThan(0);
    expect(evidence.length).toBeGreaterThan(0);
    expect(command).toContain(`--preset quick --seeds ${seeds}`);
    for (const { seconds } of arms) expect(seconds).toBeGreaterThan(0);
  }
  const page = readFileSync(join(folder, "once/report.html"), "utf8");
  for (const { statement } of report.claims) expect(page).toContain(statement);
});

test("measured twice, their numbers are the same to the last bit", async () => {
  const again = await measure("twice");
  expect(withoutTimes({ ...again, command: report.command })).toEqual(withoutTimes(report));
});
