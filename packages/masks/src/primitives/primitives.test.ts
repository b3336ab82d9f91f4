import { expect, test } from "vitest";
import { or } from "../algebra/or.ts";
import { matrixRows } from "../testing/matrix-rows.ts";
import { causal } from "./causal.ts";
import { custom } from "./custom.ts";
import { documents } from "./documents.ts";
import { full } from "./full.ts";
import { padding } from "./padding.ts";
import { prefix } from "./prefix.ts";
import { window } from "./window.ts";

test("full shows everything", () => {
  expect(matrixRows(full(), 2, 3)).toEqual(["xxx", "xxx"]);
});

test("causal shows a query itself and what came before, moved by the offset", () => {
  expect(matrixRows(causal(), 3)).toEqual(["x..", "xx.", "xxx"]);
  expect(matrixRows(causal({ offset: 1 }), 3)).toEqual(["xx.", "xxx", "xxx"]);
  expect(matrixRows(causal({ offset: -1 }), 3)).toEqual(["...", "x..", "xx."]);
});

test("prefix shows the first keys to every query, by row", () => {
  expect(matrixRows(prefix({ lengths: [1, 2] }), 2, 3, 0)).toEqual(["x..", "x.."]);
  expect(matrixRows(prefix({ lengths: [1, 2] }), 2, 3, 1)).toEqual(["xx.", "xx."]);
});

test("padding hides the keys past the real length from every query", () => {
  expect(matrixRows(padding({ lengths: 2 }), 3)).toEqual(["xx.", "xx.", "xx."]);
});

test("window(n) shows n earlier keys besides the query's own; right adds later ones", () => {
  expect(matrixRows(window({ left: 1 }), 4)).toEqual(["x...", "xx..", ".xx.", "..xx"]);
  expect(matrixRows(window({ left: 0, right: 2 }), 4)).toEqual(["xxx.", ".xxx", "..xx", "...x"]);
});

test("documents see themselves; padding and positions past the ids see nothing", () => {
  expect(matrixRows(documents({ ids: [0, 0, 1, -1, 0] }), 6)).toEqual([
    "xx..x.",
    "xx..x.",
    "..x...",
    "......",
    "xx..x.",
    "......",
  ]);
});

test("documents of a cross mask are matched by id between the streams", () => {
  const cross = documents({ ids: [0, 1, 1], keyIds: [0, 0, 1, -1] });
  expect(matrixRows(cross, 3, 4)).toEqual(["xx..", "..x.", "..x."]);
});

test("custom asks the given predicate, per head if it speaks of heads", () => {
  const heads = custom("by-head", (_b, h, _q, k) => k === h, { heads: 2 });
  expect(matrixRows(heads, 1, 3, 0, 0)).toEqual(["x.."]);
  expect(matrixRows(heads, 1, 3, 0, 1)).toEqual([".x."]);
});

test("pitfall 10: a prefix of 1 is the causal mask, and so is one of 0", () => {
  for (const lengths of [0, 1]) {
    expect(matrixRows(or(prefix({ lengths }), causal()), 5)).toEqual(matrixRows(causal(), 5));
  }
});

test("a spec is a copy: changing what was passed in changes nothing", () => {
  const lengths = [2];
  const ids = [[0, 0]];
  const masks = [prefix({ lengths }), documents({ ids })] as const;
  lengths[0] = 0;
  (ids[0] as number[])[1] = 1;
  expect(masks[0].visible(0, 0, 0, 1)).toBe(true);
  expect(masks[1].visible(0, 0, 0, 1)).toBe(true);
  expect(masks.map(({ spec }) => spec)).toEqual([
    { type: "prefix", options: { lengths: [2] } },
    { type: "documents", options: { ids: [[0, 0]] } },
  ]);
});
