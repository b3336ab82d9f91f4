import { expect, test } from "vitest";
import { parseTable, renderTable, toCells } from "./capability-table.ts";

const columns = {
  cpu: [
    { op: "add", forward: "ok", gradient: "ok" },
    { op: "argMax", forward: "ok", gradient: "none" },
  ],
  wasm: [
    { op: "add", forward: "ok", gradient: "Kernel 'Sum' not registered" },
    { op: "argMax", forward: "ok", gradient: "none" },
  ],
};

test("what is parsed from a document is what was rendered into it", () => {
  const document = `# Title\n\nText.\n\n${renderTable(columns)}\n\nMore.`;
  expect(parseTable(document)).toEqual(toCells(columns));
});

test("a failure is marked in its cell and told below", () => {
  expect(toCells(columns).get("add")).toEqual({ cpu: "ok / ok", wasm: "ok / **fails**" });
  expect(renderTable(columns)).toContain("- wasm, `add`, gradient: Kernel 'Sum' not registered");
});
