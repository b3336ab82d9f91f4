import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Columns, parseTable, toCells } from "../src/capability-table.ts";
import { findChromium, NO_CHROMIUM } from "../src/find-chromium.ts";
import { inNode, measureInChromium, measureInNode, setUp } from "../src/measure-columns.ts";

const document = readFileSync(new URL("../../../docs/gradient-capabilities.md", import.meta.url), "utf8");

/** Only marks are compared: what a failure says may hold numbers of one machine. */
function expectUpToDate(columns: Columns): void {
  const committed = parseTable(document);
  const measured = toCells(columns);
  expect([...committed.keys()]).toEqual([...measured.keys()]);
  for (const [op, cells] of measured) expect(committed.get(op), op).toMatchObject(cells);
}

test("docs/gradient-capabilities.md is up to date for the backends of Node.js", async () => {
  expectUpToDate(await measureInNode(inNode));
});

test.for(setUp)("docs/gradient-capabilities.md is up to date for $name", async (backend, context) => {
  const found = await backend.probe();
  context.skip(!found.available, found.available ? "" : found.reason);
  expectUpToDate(await measureInNode([backend]));
});

test("docs/gradient-capabilities.md is up to date for the backends of Chromium", async (context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  expectUpToDate(await measureInChromium());
});
