import { expect, test } from "vitest";
import { or } from "../algebra/or.ts";
import { toBlocks } from "../lowerings/to-blocks.ts";
import { causal } from "../primitives/causal.ts";
import { full } from "../primitives/full.ts";
import { prefix } from "../primitives/prefix.ts";
import { drawAscii, drawSideBySide } from "./draw-ascii.ts";
import { drawSvg } from "./draw-svg.ts";

const size = { queries: 3, keys: 3 };
const prefixMask = or(prefix({ lengths: [1, 2] }), causal());

test("the drawing has a row for each query and a column for each key, with their positions", () => {
  expect(drawAscii(prefixMask, { ...size, row: 1 }).split("\n")).toEqual(["  012", "0 ██·", "1 ██·", "2 ███"]);
  const wide = drawAscii(full(), { queries: 1, keys: 11, symbols: "ascii" });
  expect(wide.split("\n")).toEqual(["            1", "  01234567890", "0 xxxxxxxxxxx"]);
});

test("labels replace positions; those of the keys are written downwards", () => {
  const drawing = drawAscii(causal(), {
    ...size,
    symbols: "ascii",
    title: "letters",
    queryLabels: ["a", "bb", "ccc"],
    keyLabels: ["k", "of", "é"],
  });
  expect(drawing.split("\n")).toEqual(["letters", "     o", "    kfé", "  a x..", " bb xx.", "ccc xxx"]);
  expect(() => drawAscii(causal(), { ...size, keyLabels: ["a"] })).toThrow("keyLabels should have 3 labels, got 1");
});

test("a row that the mask has not, and unknown symbols, are refused", () => {
  expect(() => drawAscii(prefixMask, { ...size, row: 2 })).toThrow("speaks of 2 batch rows, got batch row 2");
  expect(() => drawAscii(causal(), { ...size, symbols: "dots" as never })).toThrow("one of blocks, ascii");
});

test("drawings stand side by side, aligned at the top", () => {
  const one = drawAscii(full(), { queries: 1, keys: 1, symbols: "ascii", title: "one" });
  const two = drawAscii(causal(), { queries: 2, keys: 2, symbols: "ascii", title: "two" });
  expect(drawSideBySide([one, two]).split("\n")).toEqual(["one   two", "  0     01", "0 x   0 x.", "      1 xx"]);
});

test("the SVG has a title, a description with the count, and takes the colour around it", () => {
  const svg = drawSvg(causal(), { ...size, title: "a < b & c" });
  expect(svg).toContain('role="img"');
  expect(svg).toContain("<title>a &lt; b &amp; c</title><desc>3 queries by 3 keys; 6 of 9 pairs are visible.</desc>");
  const colours = new Set([...svg.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, colour]) => colour));
  expect(colours).toEqual(new Set(["currentColor", "none"]));
});

test("the SVG's cells cover exactly the visible pairs", () => {
  const svg = drawSvg(prefixMask, { queries: 20, keys: 20, row: 1, cell: 10 });
  const cells = [...svg.matchAll(/<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"\/>/g)].map((m) =>
    m.slice(1).map(Number),
  );
  const covered = new Set<string>();
  for (const [x = 0, y = 0, width = 0, height = 0] of cells) {
    for (let q = y; q < y + height; q += 10) for (let k = x; k < x + width; k += 10) covered.add(`${q / 10},${k / 10}`);
  }
  for (let q = 0; q < 20; q++) {
    for (let k = 0; k < 20; k++) expect(covered.has(`${q},${k}`)).toBe(prefixMask.visible(1, 0, q, k));
  }
});

test("the block map lies over the matrix: solid frames for full blocks, dashed for partial ones", () => {
  const blocks = toBlocks(causal(), { queries: 5, keys: 5, blockQueries: 2, blockKeys: 2 });
  const svg = drawSvg(causal(), { queries: 5, keys: 5, cell: 10, blocks });
  const overlay = svg.slice(svg.indexOf('stroke-width="2"'));
  const frames = overlay.match(/<rect [^>]*>/g) ?? [];
  expect(frames.filter((frame) => frame.includes("dasharray"))).toHaveLength(2);
  // The corner block is a single pair, and that is visible.
  expect(frames).toContain('<rect x="40" y="40" width="10" height="10"/>');
  expect(frames).toHaveLength(6);
});
