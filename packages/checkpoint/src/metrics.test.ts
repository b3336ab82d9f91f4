import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, expect, test } from "vitest";
import { appendMetrics, type MetricsRecord, readMetrics, truncateMetrics } from "./metrics.ts";

const root = await mkdtemp(join(tmpdir(), "trivium-metrics-"));
const path = join(root, "metrics.jsonl");
beforeEach(() => rm(path, { force: true }));
afterAll(() => rm(root, { recursive: true }));

const records = fc
  .array(fc.record({ step: fc.nat(20), text: fc.string({ unit: "grapheme" }) }), { maxLength: 20 })
  .map((list): MetricsRecord[] => list.sort((a, b) => a.step - b.step));

test("a log cut off at any byte and cut back to a step holds that step's whole records and can be appended to", async () => {
  await fc.assert(
    fc.asyncProperty(records, fc.nat(21), fc.nat(), async (written, step, cut) => {
      await rm(path, { force: true });
      await appendMetrics(path, written);
      const size = (await stat(path)).size;
      await truncate(path, size - (size === 0 ? 0 : cut % size));
      const whole = await readMetrics(path);
      expect(written.slice(0, whole.length)).toEqual(whole);
      await truncateMetrics(path, step);
      const kept = whole.filter((record) => record.step <= step);
      await appendMetrics(path, [{ step: 99 }]);
      expect(await readMetrics(path)).toEqual([...kept, { step: 99 }]);
    }),
    { numRuns: 100 },
  );
});

test("an interrupted run that is resumed leaves the bytes of an undisturbed one", async () => {
  const all = Array.from({ length: 9 }, (_, step) => ({ step, loss: 1 / (step + 1) }));
  await appendMetrics(path, all);
  const undisturbed = await readFile(path, "utf8");
  await truncateMetrics(path, 4);
  await appendMetrics(path, all.slice(5));
  expect(await readFile(path, "utf8")).toBe(undisturbed);
});

test("a missing log has no records and stays missing", async () => {
  await truncateMetrics(path, 3);
  expect(await readMetrics(path)).toEqual([]);
  await expect(stat(path)).rejects.toThrow("ENOENT");
});

test("a broken line in the middle is told with its place, and nothing is cut", async () => {
  for (const line of ["oops", "3", "null", '{"loss": 1}']) {
    await writeFile(path, '{"step": 1}\n');
    await appendFile(path, `${line}\n{"step": 2}\n`);
    await expect(truncateMetrics(path, 0)).rejects.toMatchObject({
      code: "checkpoint/metrics",
      message: expect.stringContaining("metrics.jsonl:2: not a JSON object with a step"),
    });
    expect(await readFile(path, "utf8")).toContain('{"step": 2}');
  }
});
