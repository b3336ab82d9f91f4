import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleLength } from "@trivium/data";
import { afterAll, expect, test } from "vitest";
import { loadRegistry } from "./load-registry.ts";
import { loadDataset, prepareData, restoreTokenizer } from "./prepare-data.ts";
import { trainSchema } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-data-"));
afterAll(() => rmSync(folder, { recursive: true }));
const registry = await loadRegistry([]);

function prepare(name: string, lines: readonly string[], given: Record<string, unknown> = {}) {
  writeFileSync(join(folder, name), lines.join("\n"));
  return prepareData(trainSchema.parse({ data: join(folder, name), heldOut: 0.2, ...given }), registry);
}

const words = Array.from({ length: 20 }, (_, index) => `w${"o".repeat(index % 5)}${index}`);

test("the model is as long as the longest pair with some room, in eights", async () => {
  const { length, task, train, tokenizer } = await prepare(
    "a.tsv",
    words.map((word) => `${word}\t${word}`),
  );
  const longest = Math.max(...train.map((example) => exampleLength(example, tokenizer.special)));
  expect(task).toBe("pairs");
  expect(length % 8).toBe(0);
  expect(length - longest).toBeGreaterThanOrEqual(8);
  expect(
    (
      await prepare(
        "a.tsv",
        words.map((word) => `${word}\t${word}`),
        { length: 40 },
      )
    ).length,
  ).toBe(40);
});

test("text is cut into windows, held-out text too, where even a line of one letter is no trouble", async () => {
  const texts = ["x", ...words].map((text) => JSON.stringify({ text }));
  for (const heldOut of [0.2, 0.45]) {
    const { task, length, tokenizer, validation, test: held } = await prepare("b.jsonl", texts, { heldOut });
    expect([task, length]).toEqual(["text", 128]);
    for (const { references, example } of [...validation, ...held]) {
      expect(references).toEqual([]);
      expect(exampleLength(example, tokenizer.special)).toBeGreaterThan(1);
    }
  }
});

test("every right target of a held-out source is a reference", async () => {
  const lines = words.flatMap((word) => [`${word}\tA`, `${word}\tB`]);
  const { test: held, tokenizer } = await prepare("c.tsv", lines);
  expect(held).toHaveLength(4);
  for (const { references } of held) {
    expect(references.map((ids) => tokenizer.decodeTarget(ids))).toEqual(["A", "B"]);
  }
});

test("a tokenizer that was written down encodes as before", async () => {
  const { tokenizer } = await prepare(
    "d.tsv",
    words.map((word) => `${word}\t${word}`),
    { tokenizer: "character" },
  );
  const again = restoreTokenizer(JSON.parse(JSON.stringify(tokenizer.toJson())), registry);
  expect(again.size).toBe(tokenizer.size);
  for (const word of words) expect(again.encodeSource(word)).toEqual(tokenizer.encodeSource(word));
});

test("a dataset by name takes options, and says what it does not take; a file takes none", async () => {
  const load = (settings: Record<string, unknown>) => loadDataset(trainSchema.parse(settings), registry);
  const { train, test: held } = await load({ data: "scan", dataOptions: { split: "length", validation: 0 } });
  expect([train.length, held.length]).toEqual([16_990, 3_920]);
  await expect(load({ data: "scan", dataOptions: { split: "width" } })).rejects.toThrow("split");
  await expect(load({ data: join(folder, "a.tsv"), dataOptions: {} })).rejects.toThrow(
    "a.tsv is a file; leave them out",
  );
});
