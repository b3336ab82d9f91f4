import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { scalePage } from "./scale-page.ts";

test("the table of docs/scale is that of the plans; else run pnpm scale-docs", () => {
  const page = readFileSync(new URL("../../../docs/scale/README.md", import.meta.url), "utf8");
  expect(page).toBe(scalePage(page));
  expect(scalePage("| ranks | x |\n| 1 | 2 |\n\nend")).toMatch(/^\| ranks \| step .*\n(\|.*\n){11}\nend$/);
});
